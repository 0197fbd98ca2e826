package worker

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fnhost/fn/worker/frame"
)

// A script plays the worker: what it reads and what it sends.
type script struct {
	*frame.Reader
	*frame.Writer
}

func (s script) send(kind frame.Type, message any) {
	payload, _ := json.Marshal(message)
	s.Write(kind, payload)
}

// skip reads up to and with the first frame of the kind.
func (s script) skip(kind frame.Type) {
	for {
		if got, _, err := s.Next(); err != nil || got == kind {
			return
		}
	}
}

// against connects a Conn with a worker that follows the script and ends.
func against(t *testing.T, play func(script)) *Conn {
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		play(script{frame.NewReader(theirs), frame.NewWriter(theirs)})
	}()
	c := NewConn(ours)
	t.Cleanup(func() { c.Close() })
	return c
}

func check(t *testing.T, err error, kind Kind, text string) {
	t.Helper()
	var f *Failure
	if !errors.As(err, &f) || f.Kind != kind || !strings.Contains(f.Message, text) {
		t.Errorf("%#v, wanted %s with %q", err, kind, text)
	}
}

func TestHello(t *testing.T) {
	c := against(t, func(s script) { s.send(frame.Hello, Hello{Protocol: Protocol + 1}) })
	_, err := c.Hello(t.Context())
	check(t, err, Broken, "speaks protocol 2, wanted 1")

	c = against(t, func(s script) {})
	_, err = c.Hello(t.Context())
	check(t, err, Broken, "the worker ended before it was ready")

	c = against(t, func(s script) { s.send(frame.Ack, Ack{}) })
	_, err = c.Hello(t.Context())
	check(t, err, Broken, "Ack in place of Hello")
}

func TestInjectChecksTheAck(t *testing.T) {
	in := Injection{CodeDigest: "sha256:1", Env: map[string]string{"A": ""}}
	for text, ack := range map[string]Ack{
		"got code sha256:2":     {CodeDigest: "sha256:2", Env: []string{"A"}},
		"the environment names": {CodeDigest: "sha256:1"},
	} {
		c := against(t, func(s script) { s.skip(frame.CodeEnd); s.send(frame.Ack, ack) })
		_, err := c.Inject(t.Context(), in, strings.NewReader("zip"), nil)
		check(t, err, Broken, text)
	}
}

func TestCallThatTheWorkerDoesNotSurvive(t *testing.T) {
	c := against(t, func(s script) { s.skip(frame.EventEnd) })
	_, err := c.Call(t.Context(), Call{}, strings.NewReader("{}"), nil)
	check(t, err, Broken, "the worker ended before the function answered")
}

func TestFailureInEndIsNoError(t *testing.T) {
	c := against(t, func(s script) {
		s.skip(frame.Call) // and does not read the event
		s.send(frame.End, End{Failure: &Failure{Kind: FunctionFailed, Message: "m"}})
	})
	end, err := c.Call(t.Context(), Call{}, io.MultiReader(strings.NewReader("x"), strings.NewReader("y")), nil)
	if err != nil || end.Failure == nil || end.Failure.Kind != FunctionFailed {
		t.Error(end.Failure, err)
	}
}

func TestContextEndsTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for kind, end := range map[Kind]func() (context.Context, context.CancelFunc){
			Canceled: func() (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				return ctx, cancel
			},
			Timeout: func() (context.Context, context.CancelFunc) {
				return context.WithTimeout(t.Context(), time.Second)
			},
		} {
			c := against(t, func(s script) { s.skip(frame.End) })
			ctx, cancel := end()
			_, err := c.Call(ctx, Call{}, strings.NewReader("{}"), nil)
			check(t, err, kind, "before the function answered")
			if !errors.Is(err, ctx.Err()) {
				t.Errorf("%v does not unwrap to the context's error", err)
			}
			cancel()
		}
	})
}

// refusing is an Output that fails.
type refusing struct{ err error }

func (r refusing) Log(Stream, []byte) error { return r.err }
func (r refusing) Result([]byte) error      { return r.err }

func TestOutputMayEndTheCall(t *testing.T) {
	full := errors.New("no room")
	c := against(t, func(s script) { s.skip(frame.EventEnd); s.Write(frame.Result, []byte("r")); s.skip(frame.End) })
	_, err := c.Call(t.Context(), Call{}, nil, refusing{full})
	if !errors.Is(err, full) {
		t.Error(err)
	}
}
