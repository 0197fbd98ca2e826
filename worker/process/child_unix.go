//go:build unix

package process

import (
	"os"
	"runtime"
	"syscall"
	"time"
)

// Spec says what to start.
type Spec struct {
	Path  string   // the executable
	Args  []string // with its own name first
	Env   []string // all of it, NAME=VALUE
	Dir   string
	Files []*os.File // become descriptors 0, 1, …; the caller still closes them

	// Exposed: of all processes of its container, the kernel ends this one and
	// what it starts first when the memory is used up.
	Exposed bool
}

// A Child is a started process, the leader of its own session. While it lives,
// and any orphan it left, everything this process inherits is reaped.
type Child struct {
	pid    int
	status syscall.WaitStatus
	ended  chan struct{} // the child itself ended
	gone   chan struct{} // and nobody else is left
}

// Start starts a child which the kernel kills if this process dies, and which
// no program that it executes can give more rights than it has. There must
// be only one at a time: it takes the exit status of every child there is.
func Start(spec Spec) (*Child, error) {
	c := &Child{ended: make(chan struct{}), gone: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel counts the death of the thread that forked as the parent's
		// (golang.org/issue/27505). So this thread stays as long as there are
		// children, and waits for them.
		runtime.LockOSThread()
		files := make([]uintptr, len(spec.Files))
		for i, file := range spec.Files {
			files[i] = file.Fd()
		}
		err := renounce()
		if err == nil {
			c.pid, err = syscall.ForkExec(spec.Path, spec.Args, &syscall.ProcAttr{
				Dir: spec.Dir, Env: spec.Env, Files: files, Sys: attributes(),
			})
		}
		if err == nil && spec.Exposed {
			expose(c.pid) //nolint:errcheck // it may have ended already
		}
		started <- err
		if err == nil {
			c.reap()
		}
	}()
	if err := <-started; err != nil {
		return nil, &os.PathError{Op: "start", Path: spec.Path, Err: err}
	}
	return c, nil
}

func (c *Child) reap() {
	defer close(c.gone)
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil { // ECHILD
			return
		}
		if pid == c.pid {
			c.status = status
			close(c.ended)
		}
	}
}

// PID is the child's process id.
func (c *Child) PID() int { return c.pid }

// Ended is closed when the child itself has ended.
func (c *Child) Ended() <-chan struct{} { return c.ended }

// Status returns how the child ended. It is valid once Ended is closed.
func (c *Child) Status() syscall.WaitStatus { return c.status }

// Kill kills the child and everything that came of it, and returns when all of
// them are gone, or after limit: a process that waits for a device ends later.
//
// It looks for descendants only when ending the group was not enough: having
// listed them in /proc makes the kernel's own end of a process expensive, by
// several milliseconds.
func (c *Child) Kill(limit time.Duration) {
	deadline := time.Now().Add(limit)
	pids := c.group()
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		for _, pid := range pids {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		select {
		case <-c.gone:
			return
		case <-time.After(pause):
		}
		if time.Now().After(deadline) {
			return
		}
		pids = append(Descendants(os.Getpid()), c.group()...)
	}
}

// group returns the child's group as Kill wants it. Once the child is reaped
// its number may be somebody else's.
func (c *Child) group() []int {
	select {
	case <-c.ended:
		return nil
	default:
		return []int{-c.pid}
	}
}
