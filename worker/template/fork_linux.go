package template

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fnhost/fn/worker/process"
	"github.com/fnhost/fn/worker/supervise"
)

// ErrDead is returned by Fork when the template has ended or is ending.
var ErrDead = errors.New("the template has ended")

// ErrHangs is returned by Fork when the template does not answer.
var ErrHangs = errors.New("the template does not answer")

// answerLimit is how long a template may take to take a request, and to answer
// one for a fork; usually that takes some milliseconds.
const answerLimit = 2 * time.Second

// A Group is what brings a fork into a control group.
type Group struct {
	Version int      // 1, 2; 0: none
	File    *os.File // version 1: the group's file tasks; 2: its directory
}

// A Fork is a worker's processes. Its function's process is one, and all that
// came of it are the others.
type Fork struct {
	of *Template
	id int64

	started chan struct{} // pid or failed is known
	ended   chan struct{} // the function's process has ended
	gone    chan struct{} // all of them have

	mu     sync.Mutex
	pid    int
	failed error
	status syscall.WaitStatus
	said   bool // status is known
	killed bool // all of it was, rather than the function's process
}

var _ supervise.Child = (*Fork)(nil)

// Fork makes a worker in the directory dir, whose files are those of
// supervise.Served.Spawn: nothing, standard output, standard error, socket.
func (t *Template) Fork(dir string, spec process.Spec, group Group) (*Fork, error) {
	dir, err := filepath.EvalSymlinks(dir) // as in the plan
	if err != nil {
		return nil, err
	}
	f, err := t.add()
	if err != nil {
		return nil, err
	}
	files := []*os.File{spec.Files[3], spec.Files[1], spec.Files[2]}
	if group.Version != 0 {
		files = append(files, group.File)
	}
	env := make(map[string]string, len(spec.Env))
	for _, entry := range spec.Env {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	if err := t.send(request{ID: f.id, Dir: dir, Code: spec.Dir, Env: env, Group: group.Version}, files...); err != nil {
		t.abandon(f)
		return nil, fmt.Errorf("%w: %w", ErrDead, err)
	}
	late := time.NewTimer(answerLimit)
	defer late.Stop()
	select {
	case <-f.started:
	case <-late.C:
		t.send(request{Kill: f.id}) // should it go on after all
		t.abandon(f)
		return nil, ErrHangs
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.failed != nil {
		return nil, f.failed
	}
	return f, nil
}

func (t *Template) add() (*Fork, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dead {
		return nil, ErrDead
	}
	t.count++
	f := &Fork{of: t, id: t.count, started: make(chan struct{}), ended: make(chan struct{}), gone: make(chan struct{})}
	t.forks[f.id] = f
	return f, nil
}

func (t *Template) send(r request, files ...*os.File) error {
	payload, err := json.Marshal(r)
	if err != nil {
		return err
	}
	fds := make([]int, len(files))
	for i, file := range files {
		fds[i] = int(file.Fd()) // and makes it block, as the interpreter expects
	}
	var rights []byte
	if len(fds) > 0 {
		rights = syscall.UnixRights(fds...)
	}
	if err := t.control.SetWriteDeadline(time.Now().Add(answerLimit)); err != nil {
		return err
	}
	_, _, err = t.control.WriteMsgUnix(payload, rights, nil)
	return err
}

// take is told what has become of the fork.
func (f *Fork) take(m message) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case m.PID != 0:
		f.pid = m.PID
		close(f.started)
	case m.Error != "" && f.pid == 0:
		f.failed = fmt.Errorf("forking the template: %s", m.Error)
		close(f.started)
	case m.Error != "":
		f.failed = fmt.Errorf("making the sandbox: %s", m.Error)
	case m.Status != nil:
		f.end(syscall.WaitStatus(*m.Status))
	case m.Gone != nil:
		f.vanish(syscall.WaitStatus(*m.Gone))
	}
}

// wholly, with the lock held, notes that all of it ended at once.
func (f *Fork) wholly() {
	if !f.said {
		f.killed = true
	}
}

// end, with the lock held, notes how it ended, unless that is known.
func (f *Fork) end(status syscall.WaitStatus) {
	if !f.said {
		f.said, f.status = true, status
		close(f.ended)
	}
}

// lost ends a fork whose template is no more.
func (f *Fork) lost() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pid == 0 && f.failed == nil {
		f.failed = ErrDead
		close(f.started)
	}
	f.vanish(syscall.WaitStatus(syscall.SIGKILL))
}

// vanish, with the lock held, notes that nothing of it is left.
func (f *Fork) vanish(status syscall.WaitStatus) {
	if f.goneWithin(0) {
		return
	}
	f.wholly()
	f.end(status)
	close(f.gone)
}

// PID is the id of process 1 of the worker's namespace, as seen from here.
func (f *Fork) PID() int { return f.pid }

// Ended is closed when the function's process has ended.
func (f *Fork) Ended() <-chan struct{} { return f.ended }

// Gone is closed when nothing of the worker is left.
func (f *Fork) Gone() <-chan struct{} { return f.gone }

// Status returns how the function's process ended. It is valid once Ended is
// closed.
func (f *Fork) Status() syscall.WaitStatus { return f.status }

// Killed tells whether the worker as a whole was killed, from outside or with its
// template, rather than that its function's process ended. It is valid once
// Ended is closed.
func (f *Fork) Killed() bool { return f.killed }

// Err returns why the worker could not be made, if that was found out in its
// own process.
func (f *Fork) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}
