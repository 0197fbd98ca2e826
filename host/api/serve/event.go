package serve

import (
	"context"
	"io"
	"net"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

const (
	// probeEvery is how often a caller whose event nobody reads is asked whether
	// it still lives: what it sent stands before the end of its stream.
	probeEvery = 250 * time.Millisecond

	// drainFor bounds the reading of what a caller still sends after the end of
	// its call: closing at once could cost it the end on some systems.
	drainFor = time.Second
)

// incoming is the caller's half of a call: the event, then silence until the
// caller closes. A close before the end of the call cancels it.
type incoming struct {
	event *io.PipeReader
	done  chan struct{} // the connection is read no more
}

// receive starts to read frames. It holds one frame at most: the connection's
// own buffers are the only others.
func receive(frames *api.FrameReader, out *output, cancel context.CancelCauseFunc) *incoming {
	event, feed := io.Pipe()
	in := &incoming{event: event, done: make(chan struct{})}
	go func() {
		defer close(in.done)
		err := copyEvent(frames, feed, out, cancel)
		feed.CloseWithError(err)
		cancel(err)
	}()
	return in
}

// copyEvent returns when the connection ends or speaks out of turn. A part of
// the event that nobody will read is dropped, to go on to the caller's end.
func copyEvent(frames *api.FrameReader, feed *io.PipeWriter, out *output, cancel context.CancelCauseFunc) error {
	for ended := false; ; {
		kind, payload, err := frames.Read()
		switch {
		case err != nil:
			return callerGone()
		case kind != api.FrameEvent || ended:
			return fault.New(fault.Invalid, "unexpected frame %q", kind).In("host", runName)
		case len(payload) == 0:
			ended = true
			feed.Close()
		default:
			feedProbing(feed, payload, out, cancel)
		}
	}
}

// feedProbing hands payload to the reader of the event. While that takes long,
// empty notes are sent: they fail when the caller has gone.
func feedProbing(feed *io.PipeWriter, payload []byte, out *output, cancel context.CancelCauseFunc) {
	taken := make(chan struct{})
	probe := time.AfterFunc(probeEvery, func() {
		ticker := time.NewTicker(probeEvery)
		defer ticker.Stop()
		for out.frames.Write(api.FrameNote, nil) == nil {
			select {
			case <-taken:
				return
			case <-ticker.C:
			}
		}
		cancel(callerGone())
		feed.CloseWithError(callerGone())
	})
	feed.Write(payload) //nolint:errcheck // it fails when nobody reads it any more
	close(taken)
	probe.Stop()
}

// stop makes whatever still reads or feeds the event end.
func (in *incoming) stop() { in.event.Close() }

// drain reads on until the caller, having seen the end, closes.
func (in *incoming) drain(conn net.Conn) {
	conn.SetReadDeadline(time.Now().Add(drainFor)) //nolint:errcheck // then it takes until the close
	<-in.done
}
