//go:build unix

package supervise

import (
	"sync"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

// wordOfEnd is how long an interpreter whose stream is closed may take to have
// ended: the kernel may write down what it was first, and word of a fork's end
// passes through another process.
const wordOfEnd = 500 * time.Millisecond

// gone explains an interpreter that has closed its end of the stream.
func (i *interpreted) gone() *worker.Failure {
	select {
	case <-i.child.Ended():
	case <-time.After(wordOfEnd):
		i.kill()
		i.flush()
		return failed(worker.FunctionFailed, "the function closed the worker's stream")
	}
	settle(straggle, i.taps...)
	if i.killed != nil && i.killed() {
		return failed(worker.Broken, "the worker was killed before the function answered")
	}
	return unanswered(i.child, noResult)
}

// bounded passes an event on to the interpreter as long as it is not too large.
type bounded struct {
	to   *frame.Writer
	left int
	once sync.Once
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, failed(worker.ResourceExhausted, "the event is larger than %d MiB", worker.MaxEventBytes>>20)
	}
	b.to.Write(frame.Event, p) // an interpreter that is gone is found out by its answer
	return len(p), nil
}

func (b *bounded) Close() error {
	b.once.Do(func() { b.to.Write(frame.EventEnd) })
	return nil
}
