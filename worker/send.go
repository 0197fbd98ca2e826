package worker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/fnhost/fn/worker/frame"
)

// sending is a message and its bytes on their way, beside whoever reads.
type sending struct{ source chan error }

// errSource marks an error of the reader the bytes come from, in contrast to
// one of the stream: the latter shows on the reading side, with its reason.
type errSource struct{ error }

func (e errSource) Unwrap() error { return e.error }

// sendAside sends head, the body in chunks, and the tail. It returns at once:
// the worker may answer, log or fail before it has read everything. If body
// fails the stream is closed, since half an event must not look like a whole.
func (c *Conn) sendAside(head frame.Type, message any, chunk, tail frame.Type, body io.Reader) sending {
	s := sending{source: make(chan error, 1)}
	go func() {
		err := c.send(head, message, chunk, tail, body)
		var source errSource
		if errors.As(err, &source) {
			s.source <- source.error
			c.Close()
		}
	}()
	return s
}

func (c *Conn) send(head frame.Type, message any, chunk, tail frame.Type, body io.Reader) error {
	payload, err := json.Marshal(message)
	if err != nil {
		return errSource{err}
	}
	if len(payload) > frame.MaxPayload {
		return errSource{fmt.Errorf("%w: %s of %d bytes", frame.ErrTooLarge, head, len(payload))}
	}
	if body == nil {
		body = bytes.NewReader(nil)
	}
	start := c.out.Write
	if _, ready := body.(sized); ready {
		start = c.out.Queue
	}
	if err := start(head, payload); err != nil {
		return err
	}
	buf := make([]byte, chunkFor(body))
	for {
		n, err := body.Read(buf)
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return errSource{err}
		}
		if n > 0 {
			send := c.out.Write
			if ended || drained(body) {
				send = c.out.Queue // the tail goes with it
			}
			if err := send(chunk, buf[:n]); err != nil {
				return err
			}
		}
		if ended {
			return c.out.Write(tail)
		}
	}
}

// sized is implemented by readers of memory: how much is left is known, so
// that reading never blocks, and a small event needs a small buffer and a
// single write.
type sized interface{ Len() int }

func chunkFor(body io.Reader) int {
	if s, ok := body.(sized); ok {
		return max(1, min(s.Len(), ChunkBytes))
	}
	return ChunkBytes
}

func drained(body io.Reader) bool {
	s, ok := body.(sized)
	return ok && s.Len() == 0
}

// cause prefers the reason the source gave over what the reading side saw of
// the stream closed because of it.
func (s sending) cause(err error) error {
	if err == nil {
		return nil
	}
	select {
	case source := <-s.source:
		return errSource{source}
	default:
		return err
	}
}
