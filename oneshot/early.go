package oneshot

import (
	"fmt"

	"github.com/fnhost/fn/oneshot/logbook"
	"github.com/fnhost/fn/worker"
)

// early keeps what a function prints while it is loaded before there is a call,
// as much as is kept of a call's log. It implements worker.Output.
type early struct {
	pieces  []piece
	size    int
	dropped int // bytes
}

type piece struct {
	stream worker.Stream
	text   []byte
}

// Log keeps a copy.
func (e *early) Log(stream worker.Stream, p []byte) error {
	keep := min(len(p), logbook.MaxCall-e.size)
	e.dropped += len(p) - keep
	if keep > 0 {
		e.size += keep
		e.pieces = append(e.pieces, piece{stream, append([]byte(nil), p[:keep]...)})
	}
	return nil
}

// Result is never called: there is none before a call.
func (e *early) Result([]byte) error { return nil }

// replay passes on what was kept.
func (e *early) replay(to worker.Output) error {
	if e.dropped > 0 {
		note := fmt.Sprintf("\n[fn: %d bytes more, printed while the function was loaded, were not kept]\n", e.dropped)
		e.pieces = append(e.pieces, piece{worker.Stderr, []byte(note)})
	}
	for _, p := range e.pieces {
		if err := to.Log(p.stream, p.text); err != nil {
			return err
		}
	}
	return nil
}
