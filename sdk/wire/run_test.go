package wire_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/fnhost/fn/sdk"
)

// kept is an output that keeps all it is given.
type kept struct {
	result, stdout, stderr bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) { return k.result.Write(p) }

func (k *kept) Log(stream sdk.LogStream, p []byte) error {
	if stream == sdk.Stdout {
		k.stdout.Write(p)
	} else {
		k.stderr.Write(p)
	}
	return nil
}

func TestRunKeepsStreamsApartByteForByte(t *testing.T) {
	client := serve(t, component{run: func(_ context.Context, inv sdk.Invocation, out sdk.Output) (sdk.Report, error) {
		event, err := io.ReadAll(iotest.OneByteReader(inv.Event))
		if err != nil {
			return sdk.Report{}, err
		}
		_ = out.Log(sdk.Stdout, []byte("log \xff\x00"))
		_ = out.Log(sdk.Stderr, event)
		_, err = out.Write(event)
		return sdk.Report{Start: sdk.StartWarm}, err
	}})
	event := bytes.Repeat([]byte("\x00\xff\r\nx"), 40_000) // several chunks
	var out kept
	report, err := client.Run(t.Context(), sdk.Invocation{Event: iotest.HalfReader(bytes.NewReader(event))}, &out)
	if err != nil || report.Start != sdk.StartWarm {
		t.Fatal(report, err)
	}
	if !bytes.Equal(out.result.Bytes(), event) || !bytes.Equal(out.stderr.Bytes(), event) || out.stdout.String() != "log \xff\x00" {
		t.Errorf("result %d, stderr %d, stdout %q", out.result.Len(), out.stderr.Len(), out.stdout.String())
	}
}

func TestRunMayEndBeforeItsEvent(t *testing.T) {
	client := serve(t, component{run: func(_ context.Context, _ sdk.Invocation, out sdk.Output) (sdk.Report, error) {
		_, err := io.WriteString(out, "done")
		return sdk.Report{}, err
	}})
	blocked, never := io.Pipe()
	defer never.Close()
	for name, event := range map[string]io.Reader{"endless": zeros{}, "blocked": blocked} {
		var out kept
		if _, err := client.Run(t.Context(), sdk.Invocation{Event: event}, &out); err != nil || out.result.String() != "done" {
			t.Errorf("%s: %q, %v", name, out.result.String(), err)
		}
	}
}

// A result that nobody reads must stop the function, not fill the memory.
func TestSlowReaderBlocksWriter(t *testing.T) {
	const total = 64 << 20
	var written atomic.Int64
	client := serve(t, component{run: func(_ context.Context, _ sdk.Invocation, out sdk.Output) (sdk.Report, error) {
		chunk := make([]byte, 1<<20)
		for range total / len(chunk) {
			if _, err := out.Write(chunk); err != nil {
				return sdk.Report{}, err
			}
			written.Add(int64(len(chunk)))
		}
		return sdk.Report{}, nil
	}})
	var most, got int64
	out := writer(func(p []byte) (int, error) {
		got += int64(len(p))
		for range 100 { // let the writer run ahead as far as it can
			runtime.Gosched()
		}
		most = max(most, written.Load()-got)
		return len(p), nil
	})
	if _, err := client.Run(t.Context(), sdk.Invocation{}, out); err != nil || got != total {
		t.Fatal(got, err)
	}
	if most > 8<<20 {
		t.Errorf("the writer was %d MiB ahead of its reader", most>>20)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error)     { return w(p) }
func (w writer) Log(sdk.LogStream, []byte) error { return nil }

func TestFailuresOfTheCallersSide(t *testing.T) {
	ended := make(chan error, 1)
	client := serve(t, component{run: func(_ context.Context, inv sdk.Invocation, out sdk.Output) (sdk.Report, error) {
		_, err := io.Copy(out, inv.Event)
		ended <- err
		return sdk.Report{}, err
	}})
	full := sdk.Errorf(sdk.ResourceExhausted, "disk full")

	_, err := client.Run(t.Context(), sdk.Invocation{Event: zeros{}}, writer(func([]byte) (int, error) { return 0, full }))
	if sdk.KindOf(err) != sdk.ResourceExhausted {
		t.Errorf("output with a kind: %v is %s", err, sdk.KindOf(err))
	}
	if err := <-ended; err == nil {
		t.Error("the component does not hear that its reader is gone")
	}

	event, source := io.Pipe()
	go func() { _, _ = io.WriteString(source, "begun") }()
	_, err = client.Run(t.Context(), sdk.Invocation{Event: event}, writer(func(p []byte) (int, error) {
		source.CloseWithError(io.ErrUnexpectedEOF) // once the component has the beginning
		return len(p), nil
	}))
	if sdk.KindOf(err) != sdk.Canceled || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("event that cannot be read: %v is %s", err, sdk.KindOf(err))
	}
	if err := <-ended; err == nil {
		t.Error("a broken event looks complete to the component")
	}
}

func TestOutputAfterTheCallIsRefused(t *testing.T) {
	outputs := make(chan sdk.Output, 1)
	client := serve(t, component{run: func(_ context.Context, _ sdk.Invocation, out sdk.Output) (sdk.Report, error) {
		outputs <- out
		return sdk.Report{}, nil
	}})
	if _, err := client.Run(t.Context(), sdk.Invocation{}, &sink{}); err != nil {
		t.Fatal(err)
	}
	out := <-outputs
	if _, err := out.Write([]byte("late")); err == nil {
		t.Error("a write after the end of the call succeeds")
	}
}
