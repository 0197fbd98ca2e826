package client_test

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/client"
	"github.com/fnhost/fn/sdk/fault"
)

func TestPeekAsksOnlyTheHostThatIsThere(t *testing.T) {
	h := newHome(t)
	peek := func(build string) int {
		t.Helper()
		list, err := client.Peek(t.Context(), h.client(build), api.ListComponents, api.None{})
		if err != nil {
			t.Errorf("peek: %v", err)
		}
		return len(list.Components)
	}
	if n := peek("b1"); n != 0 {
		t.Errorf("without a host: %d components", n)
	}
	if _, err := os.Stat(h.dirs.Socket()); err == nil {
		t.Error("it started a host")
	}
	h.serve(newFake("b1"))
	if n := peek("b1"); n != 1 {
		t.Errorf("with a host: %d components", n)
	}
	if n := peek("another"); n != 0 {
		t.Errorf("with a host of another build: %d components", n)
	}
	if n := peek("b1"); n != 1 {
		t.Errorf("the host was asked to end: %d components", n)
	}
}

// A host that says nothing is waited for as long as the caller likes.
func TestPeekIsBounded(t *testing.T) {
	h := newHome(t)
	listener, err := net.Listen("unix", h.dirs.Socket())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = client.Peek(ctx, h.client("b1"), api.ListComponents, api.None{})
	wantFault(t, err, fault.Timeout, "")
	listener.Close() // before the home is cleaned up
}
