package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// Output takes what a call produces, as it comes and from one goroutine. An
// error cancels the call and is what Run returns.
type Output interface {
	api.Reporter
	Log(stderr bool, p []byte) error
	Result(p []byte) error
}

// Run calls a function. The event is read to its end, or as far as the call
// needs; a nil one is empty. It is not closed, and may still be read for a
// moment after Run has returned.
//
// The outcome of the function is in RunEnd; the error is set only when there is
// no RunEnd: nobody took up the call, the host died, the caller gave up, or the
// event or out failed.
func (c *Client) Run(ctx context.Context, req api.RunRequest, event io.Reader, out Output) (api.RunEnd, error) {
	call, err := c.call(req)
	if err != nil {
		return api.RunEnd{}, err
	}
	first, rest, err := firstFrames(call, event)
	if err != nil {
		return api.RunEnd{}, err
	}
	// The end of this context closes the connection: what receive then fails with
	// is explained by it.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	conn, err := c.admitted(ctx, upgrade(c.o.Build, first))
	if err != nil {
		return api.RunEnd{}, err
	}
	defer conn.close()
	if rest != nil {
		go send(api.NewFrameWriter(conn.conn), rest, func(err error) { cancel(unreadable(err)) })
	}
	end, err := receive(api.NewFrameReader(conn.body), out)
	if err != nil {
		err = conn.failure(ctx, "run", err)
	}
	return end, err
}

// firstFrames are those that go with the request: the call, and an event that is
// in memory and small. What is left of the event is in rest; nil is nothing.
func firstFrames(call []byte, event io.Reader) (frames []byte, rest io.Reader, err error) {
	var buf bytes.Buffer
	w := api.NewFrameWriter(&buf)
	w.Write(api.FrameCall, call) //nolint:errcheck // memory does not fail
	inMemory, ok := event.(interface{ Len() int })
	if event != nil && (!ok || inMemory.Len() > api.ChunkSize) {
		return buf.Bytes(), event, nil
	}
	if ok && inMemory.Len() > 0 {
		content, err := io.ReadAll(event)
		if err != nil {
			return nil, nil, unreadable(err)
		}
		w.Write(api.FrameEvent, content) //nolint:errcheck
	}
	w.Write(api.FrameEvent, nil) //nolint:errcheck
	return buf.Bytes(), nil, nil
}

func unreadable(err error) *fault.Error {
	return fault.New(fault.Invalid, "read the event: %w", err)
}

// send sends the event. That the other side no longer takes it is no failure:
// the call has ended.
func send(frames *api.FrameWriter, event io.Reader, failed func(error)) {
	for buf := make([]byte, api.ChunkSize); ; {
		n, err := event.Read(buf)
		if n > 0 && frames.Write(api.FrameEvent, buf[:n]) != nil {
			return
		}
		if err == io.EOF {
			frames.Write(api.FrameEvent, nil) //nolint:errcheck
			return
		}
		if err != nil {
			failed(err)
			return
		}
	}
}

// outputError is an error of out, which is the caller's own.
type outputError struct{ error }

// receive hands everything to out until the call ends.
func receive(frames *api.FrameReader, out Output) (end api.RunEnd, err error) {
	for {
		kind, payload, err := frames.Read()
		if err != nil {
			return end, err
		}
		switch kind {
		case api.FrameEnding:
			return end, errNotBegun
		case api.FrameEnd:
			if len(payload) == 0 {
				return api.RunEnd{Outcome: api.OutcomeOK}, nil
			}
			if err := json.Unmarshal(payload, &end); err != nil {
				return end, fault.New(fault.Internal, "answer: %w", err).In("host", "run")
			}
			return end, nil
		case api.FrameNote:
			if len(payload) > 0 {
				out.Note(string(payload))
			}
		case api.FrameProgress:
			var p api.Progress
			if json.Unmarshal(payload, &p) == nil {
				out.Progress(p)
			}
		case api.FrameStdout, api.FrameStderr:
			err = out.Log(kind == api.FrameStderr, payload)
		case api.FrameResult:
			err = out.Result(payload)
		}
		if err != nil {
			return end, outputError{err}
		}
	}
}
