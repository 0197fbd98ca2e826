package local

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/fnhost/fn/plugins/local/launch"
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

// key is what makes waiting workers equal.
type key struct {
	launch.Kind
}

// workers is the pool, and what the component needs of it.
type workers struct {
	pool     *pool.Pool[key, *launch.Worker]
	settings settings

	mu      sync.Mutex
	current map[string]key // of each language
}

func newWorkers(launcher *launch.Launcher, s settings) *workers {
	return &workers{
		settings: s,
		current:  map[string]key{},
		pool: pool.New(pool.Config[key, *launch.Worker]{
			Start: func(ctx context.Context, key key) (*launch.Worker, error) {
				ctx, cancel := context.WithTimeout(ctx, startLimit)
				defer cancel()
				return launcher.Start(ctx, key.Kind)
			},
			Stop:    (*launch.Worker).Stop,
			Dead:    (*launch.Worker).Ended,
			Measure: (*launch.Worker).Resident,
			Policy:  s.policy(), Bounds: s.bounds(), Slots: s.Slots, Memory: int64(s.PoolMemory),
			MaxRunning: s.MaxRunning, Queue: s.Queue,
		}),
	}
}

// expect has workers of a kind started before a call wants one. Those that wait
// for the same language with another interpreter, which it was before, go.
func (w *workers) expect(kind launch.Kind) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, ok := w.current[kind.Language]
	if ok && before.Kind == kind {
		return
	}
	w.current[kind.Language] = key{kind}
	w.pool.Keep(key{kind}, w.settings.bounds())
	if ok {
		w.pool.Retire(before)
	}
}

// take returns a worker for one call and adds the wait for it to the phases.
func (w *workers) take(ctx context.Context, kind launch.Kind, f sdk.Function, phases *sdk.Phases) (*launch.Worker, sdk.StartKind, error) {
	w.expect(kind)
	begin := time.Now()
	given, err := w.pool.Take(ctx, pool.Need[key]{Keys: []key{{kind}}, Memory: f.Memory})
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
func (w *workers) done(used *launch.Worker) {
	time.AfterFunc(afterReply, func() { w.pool.Done(used) })
}

// lost ends a worker that turned out to be dead.
func (w *workers) lost(dead *launch.Worker) { w.pool.Lost(dead) }

// close ends every worker, those with calls too: nobody is there to answer.
func (w *workers) close() {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	_ = w.pool.Close(now) // says that it did not wait
}
