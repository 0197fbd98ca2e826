package supervise

import (
	"fmt"
	"sync"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

// output passes on what the function writes.
type output struct {
	frames *frame.Writer

	mu      sync.Mutex
	logLeft int  // bytes of log that may still be sent
	inLine  bool // the last byte sent was not a line's end
	cut     bool
}

// result returns a sink of the result's bytes.
func (o *output) result(p []byte) error { return o.frames.Write(frame.Result, p) }

// log returns a sink of one log stream. Both share the cap.
func (o *output) log(stream worker.Stream) func([]byte) error {
	tag := []byte{byte(stream)}
	return func(p []byte) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.cut {
			return nil
		}
		if len(p) <= o.logLeft {
			o.logLeft -= len(p)
			o.inLine = p[len(p)-1] != '\n'
			return o.frames.Write(frame.Log, tag, p)
		}
		o.cut = true
		p = p[:o.logLeft]
		if len(p) > 0 {
			o.inLine = p[len(p)-1] != '\n'
		}
		note := fmt.Sprintf("[fn: log cut after %d MiB]\n", worker.MaxLogBytes>>20)
		if o.inLine {
			note = "\n" + note
		}
		return o.frames.Write(frame.Log, tag, p, []byte(note))
	}
}
