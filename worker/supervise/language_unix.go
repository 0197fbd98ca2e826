//go:build unix

package supervise

import (
	"io"
	"syscall"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
)

// A language knows how to make a process of a function. The methods are called
// in this order, each once, except kill.
type language interface {
	// prepare does what can be done before the function is known. It returns
	// the interpreter's version.
	prepare() (version string, failure *worker.Failure)
	// load makes it the function's whose code is unpacked. It returns the
	// handler that was found.
	load(worker.Injection) (handler string, failure *worker.Failure)
	// begin starts the call. Its event is written to the writer while finish
	// waits; a write fails with a *worker.Failure or is taken.
	begin(worker.Call) (event io.WriteCloser, failure *worker.Failure)
	// finish returns when the function has, after all its output was passed on.
	finish() *worker.Failure
	// kill ends every process of the function, at any time, so that the
	// methods above return. It returns when they are gone.
	kill()
}

// A Child is the first process of a function; see process.Child, which is one.
type Child interface {
	PID() int
	Ended() <-chan struct{}
	Status() syscall.WaitStatus // once Ended is closed
	// Kill ends it with everything that came of it.
	Kill(limit time.Duration)
}

// spawn starts a child of this process.
func spawn(spec process.Spec) (Child, error) {
	started, err := process.Start(spec)
	if err != nil {
		return nil, err
	}
	return started, nil
}
