package supervise

import (
	"io"

	"github.com/fnhost/fn/worker"
)

// piped passes an event on as long as it is not too large. Nobody need read it.
type piped struct {
	to   *io.PipeWriter
	left int
}

func (p *piped) Write(b []byte) (int, error) {
	if p.left -= len(b); p.left < 0 {
		return 0, failed(worker.ResourceExhausted, "the event is larger than %d MiB", worker.MaxEventBytes>>20)
	}
	p.to.Write(b) //nolint:errcheck // who does not read all of it may still answer
	return len(b), nil
}

func (p *piped) Close() error { return p.to.Close() }
