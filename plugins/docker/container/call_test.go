package container

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
)

// heard is what came of a call.
type heard struct{ result, log bytes.Buffer }

func (h *heard) Log(_ worker.Stream, p []byte) error { h.log.Write(p); return nil }
func (h *heard) Result(p []byte) error               { h.result.Write(p); return nil }

// start starts a worker of a kind.
func start(t testing.TB, l *Launcher, kind Kind) *Worker {
	t.Helper()
	w, err := l.Start(t.Context(), kind)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return w
}

// call calls a handler of the body in the worker, stops it and returns the result.
func call(t testing.TB, w *Worker, body string) string {
	t.Helper()
	defer w.Stop()
	var code bytes.Buffer
	packed := zip.NewWriter(&code)
	part, err := packed.Create("handler.py")
	if err == nil {
		_, err = io.WriteString(part, "import os, socket, time\ndef handler(event, context):\n"+body)
	}
	if err == nil {
		err = packed.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	out := &heard{}
	if _, err := w.Inject(t.Context(), worker.Injection{Function: "f", Version: "1", MemoryBytes: 64 << 20}, &code, out); err != nil {
		t.Fatalf("inject: %v\n%s", err, out.log.String())
	}
	end, err := w.Call(t.Context(), worker.Call{ID: "1", TimeoutMillis: 20_000}, strings.NewReader("{}"), out)
	if err != nil || end.Failure != nil {
		t.Fatalf("call: %v, %+v\n%s", err, end.Failure, out.log.String())
	}
	return out.result.String()
}
