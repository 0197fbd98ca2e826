package client_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/api/serve"
	"github.com/fnhost/fn/sdk/fault"
)

// collected keeps what a call produces.
type collected struct {
	result, log, notes bytes.Buffer
	first              chan struct{} // closed with the first output
	once               sync.Once
	fail               error // of Result
	steps              []api.Progress
}

func (o *collected) begun() {
	if o.first != nil {
		o.once.Do(func() { close(o.first) })
	}
}

func (o *collected) Note(text string)           { o.notes.WriteString(text) }
func (o *collected) Progress(p api.Progress)    { o.steps = append(o.steps, p) }
func (o *collected) Log(_ bool, p []byte) error { o.begun(); _, err := o.log.Write(p); return err }
func (o *collected) Result(p []byte) error {
	o.begun()
	o.result.Write(p)
	return o.fail
}

// inProcess serves calls by f and returns a client's Run.
func inProcess(t *testing.T, f serve.RunFunc) func(context.Context, io.Reader, *collected) (api.RunEnd, error) {
	h := newHome(t)
	host := newFake("b1")
	host.run = f
	h.serve(host)
	c := h.client("b1")
	return func(ctx context.Context, event io.Reader, out *collected) (api.RunEnd, error) {
		return c.Run(ctx, api.RunRequest{Name: "f"}, event, out)
	}
}

func TestRunCarriesBytesBothWays(t *testing.T) {
	run := inProcess(t, echo)
	for _, n := range []int{0, 1, api.ChunkSize, api.ChunkSize + 1, 5_000_000} {
		event := make([]byte, n)
		for i := range event {
			event[i] = byte(rand.Uint32())
		}
		out := &collected{}
		end, err := run(t.Context(), bytes.NewReader(event), out)
		if err != nil || end.Outcome != api.OutcomeOK || end.Function != "f" {
			t.Fatalf("%d bytes: %+v, %v", n, end, err)
		}
		if !bytes.Equal(out.result.Bytes(), event) || out.log.String() != "f" {
			t.Errorf("%d bytes: came back as %d, log %q", n, out.result.Len(), out.log.String())
		}
	}
}

// An event in memory travels with the request, again where that is refused.
func TestRunTellsWhatItWaitsFor(t *testing.T) {
	want := api.Progress{Component: "c", Step: "upload", Done: 1, Total: 2, Unit: "files"}
	run := inProcess(t, func(_ context.Context, _ api.Caller, _ api.RunRequest, _ io.Reader, out serve.RunOutput) api.RunEnd {
		out.Note("a note")
		out.Progress(want)
		return api.RunEnd{}
	})
	out := &collected{}
	if _, err := run(t.Context(), nil, out); err != nil || out.notes.String() != "a note" || len(out.steps) != 1 || out.steps[0] != want {
		t.Errorf("%q, %+v, %v", out.notes.String(), out.steps, err)
	}
}

func TestRunIsRepeatedUntilItIsTakenUp(t *testing.T) {
	h := newHome(t)
	h.env = append(h.env, "FN_FAKE_BUILD=older")
	if _, _, err := host(h.client("older")); err != nil {
		t.Fatal(err)
	}
	h.env = append(h.env, "FN_FAKE_BUILD=b1")
	out := &collected{}
	end, err := h.client("b1").Run(t.Context(), api.RunRequest{Name: "f"}, strings.NewReader("event"), out)
	if err != nil || end.Error != nil || out.result.String() != "event" {
		t.Errorf("%+v, %v, result %q", end, err, out.result.String())
	}
}

func TestRunEndsThoughItsEventDoesNot(t *testing.T) {
	run := inProcess(t, func(context.Context, api.Caller, api.RunRequest, io.Reader, serve.RunOutput) api.RunEnd {
		return api.RunEnd{Error: fault.New(fault.NotFound, "no function")}
	})
	end, err := run(t.Context(), endless{}, &collected{})
	if err != nil || end.Outcome != string(fault.NotFound) || end.Error.Message != "no function" {
		t.Errorf("%+v, %v", end, err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// A call whose event nobody reads must still notice that its caller is gone.
func TestGoneCallerEndsTheCall(t *testing.T) {
	for _, test := range []struct {
		name  string
		event io.Reader
	}{{"with an event that is read", strings.NewReader("x")}, {"with an event that is not read", endless{}}} {
		t.Run(test.name, func(t *testing.T) {
			begun, ended := make(chan struct{}), make(chan struct{})
			run := inProcess(t, func(ctx context.Context, _ api.Caller, _ api.RunRequest, event io.Reader, _ serve.RunOutput) api.RunEnd {
				close(begun)
				<-ctx.Done()
				close(ended)
				return api.RunEnd{}
			})
			ctx, cancel := context.WithCancelCause(t.Context())
			go func() {
				<-begun
				cancel(fault.New(fault.Canceled, "interrupted"))
			}()
			_, err := run(ctx, test.event, &collected{})
			wantFault(t, err, fault.Canceled, "interrupted")
			<-ended
		})
	}
}

func TestRunFailsWithItsEvent(t *testing.T) {
	run := inProcess(t, echo)
	_, err := run(t.Context(), io.MultiReader(strings.NewReader("half"), broken{}), &collected{})
	wantFault(t, err, fault.Invalid, "the disk is on fire")
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is on fire") }

func TestRunFailsWithItsOutput(t *testing.T) {
	run := inProcess(t, echo)
	_, err := run(t.Context(), endless{}, &collected{fail: errors.New("full")})
	if err == nil || err.Error() != "full" {
		t.Errorf("got %v", err)
	}
}

// The host must not read an event faster than the function does.
func TestEventWaitsForItsReader(t *testing.T) {
	const most = 4 << 20 // the sockets' buffers, a frame and a chunk
	release := make(chan struct{})
	counted := &counter{}
	run := inProcess(t, func(_ context.Context, _ api.Caller, _ api.RunRequest, event io.Reader, _ serve.RunOutput) api.RunEnd {
		io.ReadFull(event, make([]byte, 1))
		<-release
		return api.RunEnd{}
	})
	done := make(chan error, 1)
	go func() {
		_, err := run(t.Context(), counted, &collected{})
		done <- err
	}()
	last, same := int64(-1), 0
	await(t, "the event to stop flowing", func() bool {
		now := counted.read()
		if now == last && now > 0 {
			same++
		} else {
			same = 0
		}
		last = now
		return same > 50 || now > most
	})
	if last > most {
		t.Errorf("%d bytes were taken from the caller", last)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type counter struct {
	mu sync.Mutex
	n  int64
}

func (c *counter) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += int64(len(p))
	return len(p), nil
}

func (c *counter) read() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}
