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
	"sync"
	"sync/atomic"
	"time"

	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
	"github.com/fnhost/fn/worker/sandbox"
	"github.com/fnhost/fn/worker/template"
)

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

	mu      sync.Mutex
	forks   map[int]struct{} // process ids of forked workers
	keepers map[Kind]*template.Keeper
}

// New returns a Launcher. It makes this process inherit the orphans of its
// descendants, where the system can do that, and keeps the descriptors that it
// was itself started with from its workers.
func New(cfg Config) (*Launcher, error) {
	l := &Launcher{cfg: cfg, family: family{known: map[int]struct{}{}, helpers: map[int]struct{}{}},
		forks: map[int]struct{}{}, keepers: map[Kind]*template.Keeper{}}
	return l, errors.Join(process.Adopt(), process.KeepDescriptors())
}

// Start starts a worker, as a fork where a template is ready, and returns when it
// has said Hello, or with the reason why it did not. One that somebody kills
// before that is replaced, once: it had no part in any call yet.
func (l *Launcher) Start(ctx context.Context, kind Kind) (*Worker, error) {
	if keeper := l.keeperFor(kind); keeper != nil {
		if t, err := keeper.Take(); err == nil {
			w, err := l.forked(ctx, kind, t)
			if err == nil || ctx.Err() != nil {
				return w, err
			}
			keeper.Refused(t, err)
		}
	}
	return l.StartAlone(ctx, kind)
}

// StartAlone is Start, always with a process of its own, and without anything
// that stays for other workers.
func (l *Launcher) StartAlone(ctx context.Context, kind Kind) (*Worker, error) {
	w, err := l.attempt(ctx, kind)
	if errors.Is(err, errKilled) && ctx.Err() == nil {
		w, err = l.attempt(ctx, kind)
	}
	return w, err
}

// errKilled is why a worker was not ready: a signal ended it.
var errKilled = errors.New("it was killed")

func (l *Launcher) attempt(ctx context.Context, kind Kind) (*Worker, error) {
	w, process, err := l.start(kind)
	if err != nil {
		return nil, err
	}
	if w.Hello, err = w.Conn.Hello(ctx); err != nil {
		killed := w.EndsWithin(straggle) && w.signaled()
		w.Stop()
		if err = process.explain(err); killed {
			err = fmt.Errorf("%w: %w", err, errKilled)
		}
		return nil, err
	}
	return w, nil
}

func (l *Launcher) start(kind Kind) (_ *Worker, _ *started, err error) {
	dir, err := l.makeDir()
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	ours, theirs, err := worker.Pair()
	if err != nil {
		return nil, nil, err
	}
	defer theirs.Close()
	p := &started{family: &l.family, ended: make(chan struct{}), gone: make(chan struct{})}
	if p.cmd, err = l.command(kind, dir); err != nil {
		return nil, nil, errors.Join(err, ours.Close())
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirs, theirs, &p.complaint
	began := time.Now()
	if err := l.fork(p); err != nil {
		ours.Close()
		return nil, nil, err
	}
	go p.reap()
	return &Worker{
		Conn: worker.NewConn(ours), Kind: kind, Started: began,
		dir: dir, group: p.group, body: p, ended: p.ended, gone: p.gone,
	}, p, nil
}

// makeDir makes a worker's directory, with what is above: a cleaner of old files
// may have taken that.
func (l *Launcher) makeDir() (string, error) {
	dir := l.newDir("w-")
	return dir, os.MkdirAll(dir, 0o700)
}

func (l *Launcher) newDir(prefix string) string {
	return filepath.Join(l.cfg.Dir, prefix+strconv.FormatInt(l.count.Add(1), 10))
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
func (l *Launcher) fork(p *started) (err error) {
	start := p.cmd.Start
	if p.group, err = l.newGroup(); err != nil {
		return err
	}
	if p.group != nil {
		start = func() error { return p.group.Start(p.cmd) }
	}
	err = l.family.add(p.cmd, start)
	if err != nil && p.group != nil {
		err = errors.Join(err, p.group.Close())
	}
	return err
}

// newGroup returns nil where there are no groups.
func (l *Launcher) newGroup() (cgroup.Group, error) {
	groups, err := l.cfg.Groups()
	if err != nil {
		return nil, nil
	}
	group, err := groups.New()
	if err != nil {
		return nil, fmt.Errorf("making a control group: %w", err)
	}
	return group, nil
}
