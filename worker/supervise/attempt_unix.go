//go:build unix

package supervise

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

// attempt runs what is the function's doing under its limits of time and
// memory. Whatever fails first, by itself or by fail, is the failure; the rest
// is then killed, so that do returns.
func (s *session) attempt(limit time.Duration, what string, do func(fail func(error)) *worker.Failure) *worker.Failure {
	ctx, fail := context.WithCancelCause(context.Background())
	defer fail(nil)
	stopKill := context.AfterFunc(ctx, s.language.kill)
	defer stopKill()
	if limit > 0 {
		timer := time.AfterFunc(limit, func() {
			fail(failed(worker.Timeout, "%s took longer than %s", what, limit))
		})
		defer timer.Stop()
	}
	go s.watch(ctx, fail)

	failure := do(fail)
	var first *worker.Failure
	if errors.As(context.Cause(ctx), &first) {
		return first
	}
	return s.memory.blame(failure)
}

// feed passes the event on and then keeps reading: what may still come is the
// end of the stream, or something that is not allowed any more. Only a whole
// event is closed: a part of one must not look like it.
func (s *session) feed(event io.WriteCloser, fail func(error)) {
	for ended := false; ; {
		kind, payload, err := s.in.Next()
		switch {
		case err != nil:
			s.abandon()
			return
		case kind == frame.Event && !ended:
			if _, err := event.Write(payload); err != nil {
				fail(err)
				return
			}
		case kind == frame.EventEnd && !ended:
			ended = true
			event.Close()
		default:
			fail(outOfTurn(kind, frame.Event))
			return
		}
	}
}
