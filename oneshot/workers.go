package oneshot

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/pool"
)

const (
	// StartLimit bounds the start of a worker, with all that its runtime preloads.
	StartLimit = 30 * time.Second
	// afterReply is how long the end of a worker is put off, so that the reply
	// has the machine for itself.
	afterReply = time.Millisecond
)

// workers is the pool, and what the server needs of it.
type workers[K Kind[K]] struct {
	component string
	backend   Backend[K]
	pool      *pool.Pool[key[K], *waiting]
	settings  Settings
	roster    *roster

	mu      sync.Mutex
	current map[K]K                // by what stays when a kind is renewed
	users   map[string]K           // what needs it, by function; see use
	loaded  map[string]loaded[K]   // of functions that keep workers of their own
	names   map[K]names            // of the runtimes, by the same as current
	ends    map[string]*time.Timer // of users that are runtimes: then they are none any more
}

// waiting is a worker in the pool. One that has its function loaded already
// holds what was printed meanwhile.
type waiting struct {
	Worker
	early *early
}

func newWorkers[K Kind[K]](component string, backend Backend[K], s Settings, changed func()) *workers[K] {
	w := &workers[K]{
		component: component,
		backend:   backend,
		settings:  s,
		roster:    newRoster(changed),
		current:   map[K]K{},
		users:     map[string]K{},
		loaded:    map[string]loaded[K]{},
		names:     map[K]names{},
		ends:      map[string]*time.Timer{},
	}
	w.pool = pool.New(pool.Config[key[K], *waiting]{
		Start:   w.start,
		Stop:    w.stop,
		Dead:    func(w *waiting) <-chan struct{} { return w.Ended() },
		Measure: func(w *waiting) int64 { return w.Resident() },
		Aside:   key[K].specialised,
		Policy:  s.policy(), Bounds: s.bounds(), Slots: s.Slots, Memory: int64(s.PoolMemory),
		MaxRunning: s.MaxRunning, Queue: s.Queue,
	})
	return w
}

func (w *workers[K]) start(ctx context.Context, key key[K]) (*waiting, error) {
	starting, cancel := context.WithTimeout(ctx, StartLimit)
	defer cancel()
	started, err := w.backend.Start(starting, key.kind)
	if err != nil || !key.specialised() {
		return &waiting{Worker: started}, err
	}
	return w.load(ctx, started, key)
}

func (w *workers[K]) stop(over *waiting) {
	w.roster.leave(over)
	over.Stop()
}

// expect has the workers started that calls of a function may want, before one
// does. Those of the same kind before it was renewed go. It returns the keys of
// workers that can serve the function.
func (w *workers[K]) expect(kind K, f sdk.Function, r record.Record) []key[K] {
	generic, lasting := key[K]{kind: kind}, kind.Lasting()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.use(f, lasting)
	w.names[lasting] = w.names[lasting].with(f.Runtime.Name)
	if before, ok := w.current[lasting]; !ok || before != kind {
		w.current[lasting] = kind
		w.pool.Keep(generic, w.settings.bounds())
		if ok {
			w.pool.Retire(key[K]{kind: before})
		}
	}
	return append(w.specialise(kind, f, r), generic)
}

// use notes that a function, or a runtime that has none yet, needs workers of a
// kind; the runtime for as long as calls matter. Those that nobody needs any more go.
// w.mu is held.
func (w *workers[K]) use(f sdk.Function, lasting K) {
	const runtime = "runtime " // no function has a space in its name
	user := f.Name
	if user == "" {
		user = runtime + f.Runtime.Name
	}
	before, ok := w.users[user]
	w.users[user] = lasting
	if ok && before != lasting {
		w.leave(before)
	}
	if f.Name != "" {
		w.unused(runtime + f.Runtime.Name)
		return
	}
	w.endLater(user)
}

// endLater has a runtime forgotten that no function uses within the time in which
// calls matter. w.mu is held.
func (w *workers[K]) endLater(user string) {
	if before, ok := w.ends[user]; ok {
		before.Stop()
	}
	var end *time.Timer
	end = time.AfterFunc(pool.Window, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.ends[user] == end {
			w.unused(user)
		}
	})
	w.ends[user] = end
}

// unused notes that a user needs no workers any more. w.mu is held.
func (w *workers[K]) unused(user string) {
	if end, ok := w.ends[user]; ok {
		end.Stop()
		delete(w.ends, user)
	}
	if before, ok := w.users[user]; ok {
		delete(w.users, user)
		w.leave(before)
	}
}

// leave lets workers of a kind go unless somebody needs them. w.mu is held.
func (w *workers[K]) leave(lasting K) {
	for _, needed := range w.users {
		if needed == lasting {
			return
		}
	}
	if kind, ok := w.current[lasting]; ok {
		delete(w.current, lasting)
		delete(w.names, lasting)
		w.pool.Retire(key[K]{kind: kind})
	}
}

// take returns a worker for one call and adds the wait for it to the phases.
func (w *workers[K]) take(ctx context.Context, kind K, inv sdk.Invocation, r record.Record, phases *sdk.Phases) (*waiting, sdk.StartKind, error) {
	f, keys := inv.Function, w.expect(kind, inv.Function, r)
	if len(inv.Secrets) > 0 {
		keys = keys[len(keys)-1:] // they come with the call: no worker can have them
	}
	begin := time.Now()
	given, err := w.pool.Take(ctx, pool.Need[key[K]]{Keys: keys, Memory: f.Memory})
	waited := time.Since(begin)
	switch {
	case errors.Is(err, pool.ErrFull):
		return nil, "", sdk.Errorf(sdk.ResourceExhausted, "too many calls are waiting")
	case errors.Is(err, pool.ErrMemory):
		return nil, "", beforeCall(sdk.Errorf(sdk.ResourceExhausted, "the function may use %s, all workers together %s (the setting pool_memory)",
			Mebibytes(f.Memory), Mebibytes(int64(w.settings.PoolMemory))).WithHint("fn update %s --memory %s", f.Name, Mebibytes(int64(w.settings.PoolMemory)/2)))
	case errors.Is(err, pool.ErrClosed):
		return nil, "", sdk.Errorf(sdk.Unavailable, "the component is ending")
	case ctx.Err() != nil:
		return nil, "", sdk.Errorf(sdk.KindOf(ctx.Err()), "waiting for a worker: %w", context.Cause(ctx))
	case err != nil:
		return nil, "", notStarted(w.component, err)
	case given.Key.specialised():
		phases.Pool += waited
		return given.Worker, sdk.StartSpecialised, nil
	case given.Warm:
		phases.Pool += waited
		return given.Worker, sdk.StartWarm, nil
	}
	// Until the worker's start began there was no turn.
	queued := min(max(0, given.Worker.Begun().Sub(begin)), waited)
	phases.Queue += queued
	phases.Pool += waited - queued
	return given.Worker, sdk.StartCold, nil
}

// done ends a worker that had its call, soon.
func (w *workers[K]) done(used *waiting) {
	w.roster.leave(used)
	time.AfterFunc(afterReply, func() { w.pool.Done(used) })
}

// lost ends a worker that turned out to be dead.
func (w *workers[K]) lost(dead *waiting) { w.pool.Lost(dead) }

// close ends every worker, those with calls too: nobody is there to answer.
func (w *workers[K]) close() {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	_ = w.pool.Close(now) // says that it did not wait
}
