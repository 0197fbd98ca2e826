package host

import (
	"cmp"
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fnhost/fn/host/launch"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/sdk/wire"
)

// unusedAfter is how long a plugin process may stand unused when its component
// has been called with another environment or another executable since.
const unusedAfter = 5 * time.Minute

// processes are the running plugins, one per component key.
type processes struct {
	opts    processOptions
	mu      sync.Mutex
	byKey   map[string]*process
	heard   map[string]string // component → key of the process whose word on functions counts
	closed  bool
	started int      // in all, for diagnosis and tests
	left    []string // scratch directories that could not be removed

	stopping sync.WaitGroup // of processes that are in no map any more, and what runs beside them
}

type processOptions struct {
	socketDir  string
	scratchDir string
	stateDir   func(component string) string
	hostID     string
	checksums  *launch.Checksums
	log        func(component string) io.Writer
	now        func() time.Time
	started    func(*process)            // runs beside each that is up, until it returns
	heard      func(*process, time.Time) // runs when the word of one counts from then on

	privateDirs []string // what no function should see into
}

// process is one plugin, started, described and configured; or the error of
// trying.
type process struct {
	component string
	key       string
	ready     chan struct{} // closed when the fields below are set
	*launch.Process
	description sdk.Description
	verbs       []string
	scratch     string
	err         error
	hung        atomic.Pointer[fault.Error] // set once it was found not to answer

	users    int // guarded by processes.mu
	lastUsed time.Time
	sound    bool // it was found ready once

	telling sync.Mutex       // held while what it told is written
	last    *sdk.Observation // what it told last; guarded by telling
}

func newProcesses(o processOptions) *processes {
	return &processes{opts: o, byKey: map[string]*process{}, heard: map[string]string{}}
}

// acquire is look for a call of a component that is ready: what this process tells
// of functions counts from now on.
func (ps *processes) acquire(ctx context.Context, c *component) (p *process, release func(), err error) {
	p, release, err = ps.look(ctx, c)
	if err == nil {
		ps.mu.Lock()
		p.sound = true
		ps.hear(p)
		ps.mu.Unlock()
	}
	return p, release, err
}

// look returns the component's process, starting it where it does not run.
// The caller lets go of it with release. Starting goes on when ctx ends, for
// the next caller.
func (ps *processes) look(ctx context.Context, c *component) (p *process, release func(), err error) {
	ps.mu.Lock()
	if ps.closed {
		ps.mu.Unlock()
		return nil, nil, fault.New(fault.Canceled, "the host is ending").In(c.name, "start")
	}
	p = ps.byKey[c.target.Key]
	if p == nil || p.over() {
		p = &process{component: c.name, key: c.target.Key, ready: make(chan struct{})}
		ps.byKey[c.target.Key] = p
		ps.started++
		go ps.start(p, c)
	}
	p.users++
	ps.mu.Unlock()

	release = sync.OnceFunc(func() {
		ps.mu.Lock()
		p.users--
		p.lastUsed = ps.opts.now()
		ps.mu.Unlock()
	})
	select {
	case <-p.ready:
	case <-ctx.Done():
		release()
		return nil, nil, fault.From(ctx.Err()).In(c.name, "start")
	}
	if p.err != nil {
		release()
		return nil, nil, p.err
	}
	return p, release, nil
}

// over tells whether p could not start, hangs or has ended: that shows here before it
// is out of the map.
func (p *process) over() bool {
	select {
	case <-p.ready:
	default:
		return false
	}
	if p.err != nil || p.hung.Load() != nil {
		return true
	}
	select {
	case <-p.Done():
		return true
	default:
		return false
	}
}

// start launches the plugin for p and takes it out of the map again when it
// cannot start, or when it ends.
func (ps *processes) start(p *process, c *component) {
	p.err = ps.launch(p, c)
	if p.err == nil {
		ps.stopping.Go(func() { ps.opts.started(p) })
	}
	close(p.ready)
	if p.err == nil {
		<-p.Done()
	}
	ps.mu.Lock()
	if ps.byKey[c.target.Key] == p {
		delete(ps.byKey, c.target.Key)
	}
	ps.mu.Unlock()
	if p.err == nil {
		p.Stop(context.Background())
		ps.discard(p.scratch)
	}
}

func (ps *processes) launch(p *process, c *component) error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	if c.err != nil {
		return c.err
	}
	err := os.MkdirAll(ps.opts.scratchDir, 0o700) // somebody may have cleaned up
	var scratch string
	if err == nil {
		scratch, err = os.MkdirTemp(ps.opts.scratchDir, c.name+"-")
	}
	if err != nil {
		return fault.New(fault.Internal, "make a scratch directory: %w", err).In(c.name, "start")
	}
	state := ps.opts.stateDir(c.name)
	if err := os.MkdirAll(state, 0o700); err != nil {
		return fault.New(fault.Internal, "make the state directory: %w", err).In(c.name, "start")
	}
	proc, err := launch.Start(ctx, ps.spec(c))
	if err != nil {
		os.RemoveAll(scratch)
		return err
	}
	err = proc.Client().Configure(ctx, sdk.Config{
		Component:  c.name,
		HostID:     ps.opts.hostID,
		StateDir:   state,
		ScratchDir: scratch,
		Settings:   c.config,

		PrivateDirs: ps.opts.privateDirs,
	})
	if err != nil {
		err = proc.Wrap(err)
		proc.Stop(context.Background())
		ps.discard(scratch)
		return fault.From(err).In(c.name, "start")
	}
	description, abilities := proc.Description()
	p.Process, p.description, p.verbs, p.scratch = proc, description, verbsOf(abilities), scratch
	return nil
}

// spec says how a component's plugin is started.
func (ps *processes) spec(c *component) launch.Spec {
	return launch.Spec{
		Component: c.name,
		Path:      c.path,
		SHA256:    c.sum,
		Checksums: ps.opts.checksums,
		Env:       c.env,
		SocketDir: ps.opts.socketDir,
		Log:       ps.opts.log(c.name),
	}
}

// startLimit bounds everything until a plugin is configured.
const startLimit = 15 * time.Second

// verbsOf lists the verbs that a component with these abilities provides.
func verbsOf(a wire.Abilities) []string {
	verbs := []string{"deploy", "run", "stop", "status"}
	if a.Remove {
		verbs = append(verbs, "remove")
	}
	if a.Logs {
		verbs = append(verbs, "logs")
	}
	if a.Pool {
		verbs = append(verbs, "pool")
	}
	return verbs
}

// reap stops processes that stand unused and whose word on functions does not count:
// their component is called with another environment or executable.
func (ps *processes) reap() {
	ps.mu.Lock()
	var unused []*process
	for key, p := range ps.byKey {
		if p.users == 0 && ps.heard[p.component] != key && !p.lastUsed.IsZero() &&
			ps.opts.now().Sub(p.lastUsed) >= unusedAfter {
			delete(ps.byKey, key)
			unused = append(unused, p)
		}
	}
	ps.mu.Unlock()
	ps.stopAll(unused)
}

// retain stops the processes of components that are not in the manifest any
// more, except those in use: they are reaped when they are not.
func (ps *processes) retain(components []string) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.closed {
		return
	}
	var gone []*process
	for key, p := range ps.byKey {
		if slices.Contains(components, p.component) {
			continue
		}
		delete(ps.heard, p.component)
		if p.users == 0 {
			delete(ps.byKey, key)
			gone = append(gone, p)
		}
	}
	ps.stopping.Go(func() { ps.stopAll(gone) })
}

// validated notes whether a process was found ready. What it tells counts where no
// other does, or where it is the first that is ready.
func (ps *processes) validated(p *process, ready bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p.sound = p.sound || ready
	other := ps.byKey[ps.heard[p.component]]
	if other == nil || other.over() || ready && !other.sound {
		ps.hear(p)
	}
}

// hear makes what a process tells count, and no other's of its component. ps.mu is
// held.
func (ps *processes) hear(p *process) {
	if ps.closed || ps.heard[p.component] == p.key {
		return
	}
	ps.heard[p.component] = p.key
	at := time.Now()
	ps.stopping.Go(func() { ps.opts.heard(p, at) })
}

// isHeard tells whether what this process tells counts.
func (ps *processes) isHeard(p *process) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.heard[p.component] == p.key
}

// hearsOther tells whether what counts of a component is told by a process of
// another environment, which is up and was found ready.
func (ps *processes) hearsOther(c *component) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.byKey[ps.heard[c.name]]
	return p != nil && p.key != c.target.Key && p.sound && !p.over()
}

// running are the processes that are up, by the names of their components.
func (ps *processes) running() []*process {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	var up []*process
	for _, p := range ps.byKey {
		select {
		case <-p.ready:
			if p.err == nil {
				up = append(up, p)
			}
		default:
		}
	}
	slices.SortFunc(up, func(a, b *process) int {
		return cmp.Or(strings.Compare(a.component, b.component), cmp.Compare(a.PID(), b.PID()))
	})
	return up
}

// close stops every process and refuses new ones.
func (ps *processes) close() {
	ps.mu.Lock()
	ps.closed = true
	all := make([]*process, 0, len(ps.byKey))
	for _, p := range ps.byKey {
		all = append(all, p)
	}
	ps.mu.Unlock()
	ps.stopAll(all)
	ps.stopping.Wait()
}

func (ps *processes) stopAll(all []*process) {
	var wait sync.WaitGroup
	for _, p := range all {
		wait.Go(func() {
			<-p.ready
			if p.err == nil {
				p.Stop(context.Background())
				ps.discard(p.scratch)
			}
		})
	}
	wait.Wait()
}
