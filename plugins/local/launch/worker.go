package launch

import (
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
)

const (
	// grace is how long a worker may take to end its function and itself once
	// its stream is closed.
	grace = time.Second
	// straggle is how long output is waited for after the process has ended.
	straggle = 100 * time.Millisecond
	// groupRoom is what a group may hold beyond the function's own memory: the
	// worker, and what the kernel charges for pipes and files.
	groupRoom = 16 << 20
)

// Worker is one process that waits for a function, serves one call of it and
// ends. Stop must be called in any case.
type Worker struct {
	*worker.Conn
	Kind    Kind
	Hello   worker.Hello
	Started time.Time

	dir       string
	cmd       *exec.Cmd
	group     cgroup.Group // nil where there are none
	family    *family
	complaint tail
	ended     chan struct{} // the process has ended
	gone      chan struct{} // and so has everything that it left behind
	stop      sync.Once
}

// PID is the worker's process id.
func (w *Worker) PID() int { return w.cmd.Process.Pid }

// Ended is closed when the process has ended, by whatever cause.
func (w *Worker) Ended() <-chan struct{} { return w.ended }

// EndsWithin waits, not longer than limit, for the process to end.
func (w *Worker) EndsWithin(limit time.Duration) bool {
	select {
	case <-w.ended:
		return true
	default:
	}
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-w.ended:
		return true
	case <-late.C:
		return false
	}
}

// Fate waits for the end of the process and says how it was: "signal: killed".
func (w *Worker) Fate() string {
	<-w.gone
	return w.cmd.ProcessState.String()
}

// signaled waits for the end of the process and tells whether a signal was it.
func (w *Worker) signaled() bool {
	<-w.gone
	status, ok := w.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}

// Limit bounds, in bytes, what the worker and its function hold together, where
// there are groups. The worker itself is told the limit with the injection.
func (w *Worker) Limit(memory int64) error {
	if w.group == nil || memory <= 0 {
		return nil
	}
	return w.group.Limit(memory + groupRoom)
}

// RanOutOfMemory tells whether the kernel killed a process of this worker for
// want of memory. It must not be asked after Stop.
func (w *Worker) RanOutOfMemory() bool { return w.group != nil && w.group.OOMKills() > 0 }

// Stop ends the worker with everything its function started and removes what
// it had on disk. It returns when that is done, at most some seconds later.
func (w *Worker) Stop() { w.stop.Do(w.end) }

func (w *Worker) end() {
	w.Conn.Close()
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case <-w.ended:
	case <-late.C:
		w.cmd.Process.Kill()
	}
	<-w.gone
	if w.group != nil {
		w.group.Kill()
		w.group.Close()
	}
	worker.RemoveAll(w.dir)
}

// reap waits for the process. A worker that ended in order has ended its
// function first; after any other end there may be orphans.
func (w *Worker) reap() {
	defer close(w.gone)
	ended := sync.OnceFunc(func() { close(w.ended) })
	if awaitEnd(w.PID()) {
		ended() // as soon as it is known: a call may be about to take this worker
	}
	err := w.family.wait(w.cmd)
	ended()
	if err != nil {
		w.family.sweep()
	}
}

// Resident is the memory, in bytes, that the worker and all it started hold now,
// shared pages in equal parts; 0: not known.
func (w *Worker) Resident() int64 {
	return process.Resident(append(process.Descendants(w.PID()), w.PID()))
}
