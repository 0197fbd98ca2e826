package local

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/plugins/local/unpacked"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/pool"
)

const (
	// startLimit bounds the start of a worker.
	startLimit = 30 * time.Second
	// afterReply is how long the end of a worker is put off, so that the reply
	// has the machine for itself.
	afterReply = time.Millisecond
)

// workers is the pool, and what the component needs of it.
type workers struct {
	pool     *pool.Pool[key, *waiting]
	launcher *launch.Launcher
	shelf    *unpacked.Shelf
	settings settings

	mu      sync.Mutex
	current map[launch.Kind]launch.Kind // by what stays when interpreter and packages are others
	loaded  map[string]loaded           // of functions that keep workers of their own
	names   map[launch.Kind]names       // of the runtimes, by the same as current
}

// waiting is a worker in the pool. One that has its function loaded already
// holds what was printed meanwhile.
type waiting struct {
	*launch.Worker
	early *early
}

func newWorkers(launcher *launch.Launcher, shelf *unpacked.Shelf, s settings) *workers {
	w := &workers{
		launcher: launcher,
		shelf:    shelf,
		settings: s,
		current:  map[launch.Kind]launch.Kind{},
		loaded:   map[string]loaded{},
		names:    map[launch.Kind]names{},
	}
	w.pool = pool.New(pool.Config[key, *waiting]{
		Start:   w.start,
		Stop:    func(w *waiting) { w.Stop() },
		Dead:    func(w *waiting) <-chan struct{} { return w.Ended() },
		Measure: func(w *waiting) int64 { return w.Resident() },
		Aside:   key.specialised,
		Policy:  s.policy(), Bounds: s.bounds(), Slots: s.Slots, Memory: int64(s.PoolMemory),
		MaxRunning: s.MaxRunning, Queue: s.Queue,
	})
	return w
}

func (w *workers) start(ctx context.Context, key key) (*waiting, error) {
	starting, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	started, err := w.launcher.Start(starting, key.Kind)
	if err != nil || !key.specialised() {
		return &waiting{Worker: started}, err
	}
	return w.load(ctx, started, key)
}

// expect has the workers started that calls of a function may want, before one
// does. Those that wait for the same with another interpreter, or with packages
// that were there before, go. It returns the keys of workers that can serve the function.
func (w *workers) expect(kind launch.Kind, f sdk.Function, modules []string) []key {
	generic, sort := key{Kind: kind}, lasting(kind)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names[sort] = w.names[sort].with(f.Runtime.Name)
	if before, ok := w.current[sort]; !ok || before != kind {
		w.current[sort] = kind
		w.pool.Keep(generic, w.settings.bounds())
		if ok {
			w.pool.Retire(key{Kind: before})
		}
	}
	return append(w.specialise(kind, f, modules), generic)
}

// lasting is what stays of a kind when interpreter and packages are others.
func lasting(kind launch.Kind) launch.Kind {
	kind.Interpreter, kind.Packages = "", 0
	return kind
}

// take returns a worker for one call and adds the wait for it to the phases.
func (w *workers) take(ctx context.Context, kind launch.Kind, inv sdk.Invocation, modules []string, phases *sdk.Phases) (*waiting, sdk.StartKind, error) {
	f, keys := inv.Function, w.expect(kind, inv.Function, modules)
	if len(inv.Secrets) > 0 {
		keys = keys[len(keys)-1:] // they come with the call: no worker can have them
	}
	begin := time.Now()
	given, err := w.pool.Take(ctx, pool.Need[key]{Keys: keys, Memory: f.Memory})
	waited := time.Since(begin)
	switch {
	case errors.Is(err, pool.ErrFull):
		return nil, "", sdk.Errorf(sdk.ResourceExhausted, "too many calls are waiting")
	case errors.Is(err, pool.ErrMemory):
		return nil, "", sdk.Errorf(sdk.ResourceExhausted, "the function may use %s, all workers together %s (the setting pool_memory)",
			mebibytes(f.Memory), mebibytes(int64(w.settings.PoolMemory))).WithHint("fn update %s --memory %s", f.Name, mebibytes(int64(w.settings.PoolMemory)/2))
	case errors.Is(err, pool.ErrClosed):
		return nil, "", sdk.Errorf(sdk.Unavailable, "the component is ending")
	case ctx.Err() != nil:
		return nil, "", sdk.Errorf(sdk.KindOf(ctx.Err()), "waiting for a worker: %w", context.Cause(ctx))
	case err != nil:
		return nil, "", sdk.Errorf(sdk.Unavailable, "starting a worker: %w", failure(err)).
			WithHint("fn components check local")
	case given.Key.specialised():
		phases.Pool += waited
		return given.Worker, sdk.StartSpecialised, nil
	case given.Warm:
		phases.Pool += waited
		return given.Worker, sdk.StartWarm, nil
	}
	// Until the worker's start began there was no turn.
	queued := min(max(0, given.Worker.Started.Sub(begin)), waited)
	phases.Queue += queued
	phases.Pool += waited - queued
	return given.Worker, sdk.StartCold, nil
}

// done ends a worker that had its call, soon.
func (w *workers) done(used *waiting) {
	time.AfterFunc(afterReply, func() { w.pool.Done(used) })
}

// lost ends a worker that turned out to be dead.
func (w *workers) lost(dead *waiting) { w.pool.Lost(dead) }

// close ends every worker, those with calls too: nobody is there to answer.
func (w *workers) close() {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	_ = w.pool.Close(now) // says that it did not wait
}
