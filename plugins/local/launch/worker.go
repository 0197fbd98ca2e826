package launch

import (
	"os"
	"sync"
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

// Worker is one that waits for a function, serves one call of it and ends. Stop
// must be called in any case.
type Worker struct {
	*worker.Conn
	Kind    Kind
	Hello   worker.Hello
	Started time.Time

	dir   string
	group cgroup.Group // nil where there are none
	body  body
	ended <-chan struct{} // the worker has ended
	gone  <-chan struct{} // and so has everything that it left behind
	stop  sync.Once
}

// A body is what a worker consists of: a process that this one started, or a
// fork of a template.
type body interface {
	pid() int
	// members are the processes of worker and function.
	members() []int
	kill()
	// vanished tells that it has ended where word of that may still be on its way.
	vanished() bool
	// fate says how it ended, "signal: killed", and whether a signal did it. It
	// is asked once the worker is gone.
	fate() (words string, signaled bool)
}

// PID is the id of a process whose end is the worker's.
func (w *Worker) PID() int { return w.body.pid() }

// Ended is closed when the worker has ended, by whatever cause.
func (w *Worker) Ended() <-chan struct{} { return w.ended }

// HasHome tells whether the worker's directory is still there: cleaners of old
// files, and people, remove such things.
func (w *Worker) HasHome() bool {
	_, err := os.Stat(w.dir)
	return err == nil
}

// EndsWithin waits, not longer than limit, for the worker to end.
func (w *Worker) EndsWithin(limit time.Duration) bool {
	select {
	case <-w.ended:
		return true
	default:
	}
	if w.body.vanished() {
		return true
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

// Fate waits for the end of the worker and says how it was: "signal: killed".
func (w *Worker) Fate() string {
	<-w.gone
	words, _ := w.body.fate()
	return words
}

// signaled waits for the end of the worker and tells whether a signal was it.
func (w *Worker) signaled() bool {
	<-w.gone
	_, signaled := w.body.fate()
	return signaled
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
		w.body.kill()
	}
	<-w.gone
	if w.group != nil {
		w.group.Close()
	}
	worker.RemoveAll(w.dir)
}

// Resident is the memory, in bytes, that the worker and all it started hold now,
// shared pages in equal parts; 0: not known.
func (w *Worker) Resident() int64 { return process.Resident(w.body.members()) }
