package oneshot

import (
	"io"
	"sync"
	"time"

	"github.com/fnhost/fn/oneshot/logbook"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// event is the call's event; it remembers how reading it failed. One read may
// still be under way when the call is over.
type event struct {
	from io.Reader

	mu  sync.Mutex
	err error
}

func (e *event) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	if err != nil && err != io.EOF {
		e.mu.Lock()
		e.err = err
		e.mu.Unlock()
	}
	return n, err
}

func (e *event) failure() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// output passes on what a worker sends, keeps the log, and remembers how the
// receiver failed.
type output struct {
	to    sdk.Output
	lines *logbook.Lines
	err   error
}

func newOutput(call string, to sdk.Output, now func() time.Time) *output {
	return &output{to: to, lines: logbook.NewLines(call, now)}
}

// Log implements worker.Output.
func (o *output) Log(stream worker.Stream, p []byte) error {
	name := sdk.Stdout
	if stream == worker.Stderr {
		name = sdk.Stderr
	}
	o.lines.Add(name, p)
	return o.failed(o.to.Log(name, p))
}

// Result implements worker.Output.
func (o *output) Result(p []byte) error {
	_, err := o.to.Write(p)
	return o.failed(err)
}

func (o *output) failed(err error) error {
	if err != nil {
		o.err = err
	}
	return err
}
