package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
	"github.com/fnhost/fn/worker/sandbox"
)

// Kind is what makes workers equal: any of one kind can serve a call that wants
// that kind.
type Kind struct {
	Language    string
	Interpreter string // its absolute path; none for exec
	Modules     string // a directory of installed packages that come with the runtime; may be empty
	Preload     string // modules to import before a function is known, separated by commas
	NoNetwork   bool   // a network of its own, with nothing in it
}

// Config is what a Launcher needs.
type Config struct {
	Program string   // the path of fn-worker; with -provided after it, that of the one for provided
	Dir     string   // existing; each worker has a directory below it
	Env     []string // all that workers and functions see of an environment

	// Groups returns where control groups are made. With an error, the worker
	// alone limits memory. It is asked at every start.
	Groups func() (cgroup.Hierarchy, error)

	// Sandbox returns the sandbox of workers of a kind, or why there must be no
	// such worker. It is asked at every start. nil: there is none.
	Sandbox func(Kind) (sandbox.Spec, error)
}

// Launcher starts workers. It may be used from several goroutines at once.
type Launcher struct {
	cfg    Config
	family family
	count  atomic.Int64
}

// New returns a Launcher. It makes this process inherit the orphans of its
// descendants, where the system can do that, and keeps the descriptors that it
// was itself started with from its workers.
func New(cfg Config) (*Launcher, error) {
	l := &Launcher{cfg: cfg, family: family{known: map[int]struct{}{}}}
	return l, errors.Join(process.Adopt(), process.KeepDescriptors())
}

// Start starts a worker and returns when it has said Hello, or with the reason
// why it did not. One that somebody kills before that is replaced, once: it had
// no part in any call yet.
func (l *Launcher) Start(ctx context.Context, kind Kind) (*Worker, error) {
	w, err := l.attempt(ctx, kind)
	if errors.Is(err, errKilled) && ctx.Err() == nil {
		w, err = l.attempt(ctx, kind)
	}
	return w, err
}

// errKilled is why a worker was not ready: a signal ended it.
var errKilled = errors.New("it was killed")

func (l *Launcher) attempt(ctx context.Context, kind Kind) (*Worker, error) {
	w, err := l.start(kind)
	if err != nil {
		return nil, err
	}
	if w.Hello, err = w.Conn.Hello(ctx); err != nil {
		killed := w.EndsWithin(straggle) && w.signaled()
		w.Stop()
		if err = w.explain(err); killed {
			err = fmt.Errorf("%w: %w", err, errKilled)
		}
		return nil, err
	}
	return w, nil
}

func (l *Launcher) start(kind Kind) (_ *Worker, err error) {
	w := &Worker{
		Kind: kind, Started: time.Now(),
		dir:    filepath.Join(l.cfg.Dir, "w-"+strconv.FormatInt(l.count.Add(1), 10)),
		family: &l.family, ended: make(chan struct{}), gone: make(chan struct{}),
	}
	// With what is above: a cleaner of old files may have taken Dir.
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(w.dir))
		}
	}()
	ours, theirs, err := worker.Pair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	if w.cmd, err = l.command(kind, w.dir); err != nil {
		return nil, errors.Join(err, ours.Close())
	}
	w.cmd.Stdin, w.cmd.Stdout, w.cmd.Stderr = theirs, theirs, &w.complaint
	if err := l.fork(w); err != nil {
		ours.Close()
		return nil, err
	}
	w.Conn = worker.NewConn(ours)
	go w.reap()
	return w, nil
}

func (l *Launcher) command(kind Kind, dir string) (*exec.Cmd, error) {
	args := []string{"-language", kind.Language, "-dir", dir}
	if kind.Interpreter != "" {
		args = append(args, "-interpreter", kind.Interpreter)
	}
	if kind.Modules != "" {
		args = append(args, "-modules", kind.Modules)
	}
	if kind.Preload != "" {
		args = append(args, "-preload", kind.Preload)
	}
	program := l.cfg.Program
	if kind.Language == "provided" {
		program += "-provided"
		if kind.NoNetwork {
			args = append(args, "-own-network")
		}
	}
	attributes := ownSession()
	if l.cfg.Sandbox != nil {
		spec, err := l.cfg.Sandbox(kind)
		if err != nil {
			return nil, err
		}
		if spec = spec.In(dir); !spec.None() {
			text, err := json.Marshal(spec)
			if err != nil {
				return nil, err
			}
			args = append(args, "-sandbox", string(text))
			spec.Apply(attributes)
		}
	}
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir = l.cfg.Env, dir
	cmd.SysProcAttr = attributes
	cmd.WaitDelay = straggle
	return cmd, nil
}

// fork starts the process, in a group of its own where there are groups.
func (l *Launcher) fork(w *Worker) error {
	start := w.cmd.Start
	if groups, err := l.cfg.Groups(); err == nil {
		group, err := groups.New()
		if err != nil {
			return fmt.Errorf("making a control group: %w", err)
		}
		w.group = group
		start = func() error { return group.Start(w.cmd) }
	}
	err := l.family.add(w.cmd, start)
	if err != nil && w.group != nil {
		err = errors.Join(err, w.group.Close())
	}
	return err
}

// explain adds what the worker said on its standard error.
func (w *Worker) explain(err error) error {
	if said := strings.TrimSpace(w.complaint.String()); said != "" {
		return fmt.Errorf("%w: %s", err, said)
	}
	return err
}

// PIDs lists the processes of the workers there are.
func (l *Launcher) PIDs() []int { return l.family.list() }
