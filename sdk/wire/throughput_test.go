package wire_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

// sink takes a result and forgets it.
type sink struct{ bytes int64 }

func (s *sink) Write(p []byte) (int, error)     { s.bytes += int64(len(p)); return len(p), nil }
func (s *sink) Log(sdk.LogStream, []byte) error { return nil }

// zeros is an endless event.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func cat() component {
	return component{run: func(_ context.Context, inv sdk.Invocation, out sdk.Output) (sdk.Report, error) {
		_, err := io.Copy(out, inv.Event)
		return sdk.Report{}, err
	}}
}

// BenchmarkCat sends bytes to a component and takes them back: both directions
// of a call at once, over a unix socket.
func BenchmarkCat(b *testing.B) {
	const size = 256 << 20
	client := serve(b, cat())
	b.SetBytes(size)
	for b.Loop() {
		var out sink
		_, err := client.Run(context.Background(), sdk.Invocation{Event: io.LimitReader(zeros{}, size)}, &out)
		if err != nil || out.bytes != size {
			b.Fatal(out.bytes, err)
		}
	}
}

// BenchmarkCall is one empty call, the floor of what the wire costs.
func BenchmarkCall(b *testing.B) {
	client := serve(b, cat())
	for b.Loop() {
		if _, err := client.Run(context.Background(), sdk.Invocation{Timeout: time.Second}, &sink{}); err != nil {
			b.Fatal(err)
		}
	}
}
