package client_test

import (
	"bytes"
	"context"
	"io"
	"sync/atomic"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/api/serve"
	"github.com/fnhost/fn/sdk/fault"
)

// Many calls share a connection, whatever their events and however they end.
func TestCallsShareAConnection(t *testing.T) {
	h := newHome(t)
	host := newFake("b1")
	host.run = func(ctx context.Context, from api.Caller, req api.RunRequest, event io.Reader, out serve.RunOutput) api.RunEnd {
		if len(from.Env) == 0 {
			t.Error("a call without environment")
		}
		if req.On == "lazy" { // leaves its event unread
			return api.RunEnd{Error: fault.New(fault.Conflict, "no")}
		}
		return echo(ctx, from, req, event, out)
	}
	h.serve(host)
	calls := h.client("b1").Calls()
	defer calls.Close()
	for round := range 3 {
		for _, n := range []int{0, 1, 3000, api.ChunkSize, api.ChunkSize + 1, 3_000_000} {
			event := bytes.Repeat([]byte{byte('a' + round)}, n)
			out := &collected{}
			end, err := calls.Run(t.Context(), api.RunRequest{Name: "f"}, event, out)
			if err != nil || end.Outcome != api.OutcomeOK || !bytes.Equal(out.result.Bytes(), event) {
				t.Fatalf("%d bytes: %+v, %v, %d came back", n, end, err, out.result.Len())
			}
			end, err = calls.Run(t.Context(), api.RunRequest{Name: "f", On: "lazy"}, event, &collected{})
			if err != nil || end.Outcome != string(fault.Conflict) {
				t.Fatalf("%d bytes unread: %+v, %v", n, end, err)
			}
		}
	}
}

// A host that ends between two calls is replaced; the call is made once.
func TestCallsOutliveTheirHost(t *testing.T) {
	h := newHome(t)
	calls := h.client("b1").Calls()
	defer calls.Close()
	for range 3 {
		out := &collected{}
		end, err := calls.Run(t.Context(), api.RunRequest{Name: "f"}, []byte("x"), out)
		if err != nil || end.Error != nil || out.result.String() != "x" {
			t.Fatalf("%+v, %v, %q", end, err, out.result.String())
		}
		if _, err := h.client("b1").StopHost(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
}

// A call that is given up costs its connection; the next one has another.
func TestCallsGoOnAfterOneWasGivenUp(t *testing.T) {
	var hang atomic.Bool
	h := newHome(t)
	host := newFake("b1")
	ended := make(chan struct{}, 1)
	host.run = func(ctx context.Context, from api.Caller, req api.RunRequest, event io.Reader, out serve.RunOutput) api.RunEnd {
		if hang.Load() {
			out.Result([]byte("begun"))
			<-ctx.Done()
			ended <- struct{}{}
		}
		return echo(ctx, from, req, event, out)
	}
	h.serve(host)
	calls := h.client("b1").Calls()
	defer calls.Close()
	for range 2 {
		hang.Store(true)
		ctx, cancel := context.WithCancelCause(t.Context())
		out := &collected{first: make(chan struct{})}
		go func() {
			<-out.first
			cancel(fault.New(fault.Canceled, "enough"))
		}()
		_, err := calls.Run(ctx, api.RunRequest{Name: "f"}, []byte("x"), out)
		wantFault(t, err, fault.Canceled, "enough")
		<-ended
		hang.Store(false)
		for range 2 {
			out := &collected{}
			if _, err := calls.Run(t.Context(), api.RunRequest{Name: "f"}, []byte("x"), out); err != nil || out.result.String() != "x" {
				t.Fatalf("afterwards: %v, %q", err, out.result.String())
			}
		}
	}
}

// A host that dies during a call is Broken: the call may have been made. The
// next one is made with another host.
func TestCallsAreNotRepeatedOnceTakenUp(t *testing.T) {
	h := newHome(t)
	calls := h.client("b1").Calls()
	defer calls.Close()
	for range 2 {
		if _, err := calls.Run(t.Context(), api.RunRequest{Name: "f"}, nil, &collected{}); err != nil {
			t.Fatal(err)
		}
		_, err := calls.Run(t.Context(), api.RunRequest{Name: "f", On: dieOn}, []byte("x"), &collected{})
		wantFault(t, err, fault.Broken, "the host ended during the call")
	}
	if n := len(h.starts()); n != 2 {
		t.Errorf("%d hosts were started", n)
	}
}
