package launch

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"

	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
)

// started is a worker that is a process of its own, fn-worker.
type started struct {
	cmd       *exec.Cmd
	group     cgroup.Group // nil where there are none
	family    *family
	complaint tail
	ended     chan struct{}
	gone      chan struct{}
}

var _ body = (*started)(nil)

func (s *started) pid() int { return s.cmd.Process.Pid }

func (s *started) members() []int { return append(process.Descendants(s.pid()), s.pid()) }

func (s *started) kill() { s.cmd.Process.Kill() }

func (s *started) vanished() bool { return false } // it is reaped after its end is told

func (s *started) fate() (string, bool) {
	status, ok := s.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return s.cmd.ProcessState.String(), ok && status.Signaled()
}

// reap waits for the process. A worker that ended in order has ended its
// function first; after any other end there may be orphans.
func (s *started) reap() {
	defer close(s.gone)
	ended := sync.OnceFunc(func() { close(s.ended) })
	if awaitEnd(s.pid()) {
		ended() // as soon as it is known: a call may be about to take this worker
	}
	err := s.family.wait(s.cmd)
	ended()
	if err != nil {
		s.family.sweep()
	}
	if s.group != nil {
		s.group.Kill()
	}
}

// explain adds what the worker said on its standard error.
func (s *started) explain(err error) error {
	if said := strings.TrimSpace(s.complaint.String()); said != "" {
		var f *worker.Failure
		if errors.As(err, &f) {
			with := *f
			with.Message += ": " + said
			return &with
		}
		return fmt.Errorf("%w: %s", err, said)
	}
	return err
}
