package launch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
	"github.com/fnhost/fn/worker/supervise"
	"github.com/fnhost/fn/worker/template"
)

// forkedWorker is a worker that is a fork of a template. This process supervises it.
type forkedWorker struct {
	fork atomic.Pointer[template.Fork] // nil until it is made
}

var _ body = (*forkedWorker)(nil)

func (f *forkedWorker) pid() int { return f.fork.Load().PID() }

func (f *forkedWorker) members() []int { return append(process.Descendants(f.pid()), f.pid()) }

func (f *forkedWorker) kill() {
	if fork := f.fork.Load(); fork != nil {
		fork.Kill(grace)
	}
}

func (f *forkedWorker) vanished() bool {
	fork := f.fork.Load()
	return fork != nil && syscall.Kill(fork.PID(), 0) == syscall.ESRCH
}

func (f *forkedWorker) fate() (string, bool) {
	fork := f.fork.Load()
	if fork == nil {
		return "not started", false
	}
	status := fork.Status()
	if status.Signaled() {
		return "signal: " + status.Signal().String(), true
	}
	return fmt.Sprintf("exit status %d", status.ExitStatus()), false
}

// forkLimit is how long a fork may take to say Hello, until a worker of its own
// is tried; usually that takes some milliseconds.
const forkLimit = 5 * time.Second

// forked makes a worker of the kind out of its template.
func (l *Launcher) forked(ctx context.Context, kind Kind, t *template.Template) (*Worker, error) {
	began := time.Now()
	dir, err := l.makeDir()
	if err != nil {
		return nil, err
	}
	group, err := l.newGroup()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	ours, theirs := worker.Pipe()
	f, gone := &forkedWorker{}, make(chan struct{})
	var refused error
	go func() {
		defer close(gone)
		supervise.Serve(supervise.Served{
			Stream: theirs, HungUp: theirs.HungUp, Contained: group != nil, Dir: dir, Inside: t.Inside(), Environ: l.cfg.Env,
			Spawn: func(spec process.Spec) (supervise.Fork, error) {
				fork, err := l.forkIn(t, dir, spec, group)
				if err != nil {
					refused = err
					return nil, err
				}
				f.fork.Store(fork)
				return fork, nil
			},
		})
		if fork := f.fork.Load(); fork != nil {
			l.forget(fork)
		}
	}()
	w := &Worker{
		Conn: worker.NewConn(ours), Kind: kind, Started: began,
		dir: dir, group: group, body: f, ended: gone, gone: gone,
	}
	soon, cancel := context.WithTimeout(ctx, forkLimit)
	defer cancel()
	if w.Hello, err = w.Conn.Hello(soon); err != nil {
		w.Stop()
		if fork := f.fork.Load(); fork != nil && fork.Err() != nil {
			err = fork.Err()
		}
		return nil, errors.Join(err, refused)
	}
	w.ended = f.fork.Load().Ended()
	return w, nil
}

func (l *Launcher) forkIn(t *template.Template, dir string, spec process.Spec, group cgroup.Group) (*template.Fork, error) {
	var entry template.Group
	if group != nil {
		version, file, err := group.Entry()
		if err != nil {
			return nil, fmt.Errorf("the control group: %w", err)
		}
		entry = template.Group{Version: version, File: file}
	}
	fork, err := t.Fork(dir, spec, entry)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forks[fork.PID()] = struct{}{}
	return fork, nil
}

// forget takes a fork that is gone off the list.
func (l *Launcher) forget(fork *template.Fork) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.forks, fork.PID())
}
