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

// workers is the pool, and what the component needs of it.
type workers struct {
	pool *pool.Pool[launch.Kind, *launch.Worker]
	size int

	mu      sync.Mutex
	current map[string]launch.Kind // of each language
}

func newWorkers(launcher *launch.Launcher, s settings) *workers {
	return &workers{
		size:    s.Warm,
		current: map[string]launch.Kind{},
		pool: pool.New(pool.Config[launch.Kind, *launch.Worker]{
			Start: func(ctx context.Context, kind launch.Kind) (*launch.Worker, error) {
				ctx, cancel := context.WithTimeout(ctx, startLimit)
				defer cancel()
				return launcher.Start(ctx, kind)
			},
			Stop: (*launch.Worker).Stop,
			Dead: (*launch.Worker).Ended,
			Size: s.Warm, MaxRunning: s.MaxRunning, Queue: s.Queue,
		}),
	}
}

// expect has workers of a kind started before a call wants one. Those that wait
// for the same language with another interpreter, which it was before, go.
func (w *workers) expect(kind launch.Kind) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, ok := w.current[kind.Language]
	if ok && before == kind {
		return
	}
	w.current[kind.Language] = kind
	w.pool.Want(kind, w.size)
	if ok {
		w.pool.Want(before, 0)
	}
}

// take returns a worker for one call and adds the wait for it to the phases.
func (w *workers) take(ctx context.Context, kind launch.Kind, phases *sdk.Phases) (*launch.Worker, sdk.StartKind, error) {
	w.expect(kind)
	begin := time.Now()
	taken, warm, err := w.pool.Take(ctx, kind)
	waited := time.Since(begin)
	switch {
	case errors.Is(err, pool.ErrFull):
		return nil, "", sdk.Errorf(sdk.ResourceExhausted, "too many calls are waiting")
	case errors.Is(err, pool.ErrClosed):
		return nil, "", sdk.Errorf(sdk.Unavailable, "the component is ending")
	case ctx.Err() != nil:
		return nil, "", sdk.Errorf(sdk.KindOf(ctx.Err()), "waiting for a worker: %w", context.Cause(ctx))
	case err != nil:
		return nil, "", sdk.Errorf(sdk.Unavailable, "starting a worker: %w", failure(err)).
			WithHint("fn components check local")
	case warm:
		phases.Pool += waited
		return taken, sdk.StartWarm, nil
	}
	// Until the worker's start began there was no turn.
	queued := min(max(0, taken.Started.Sub(begin)), waited)
	phases.Queue += queued
	phases.Pool += waited - queued
	return taken, sdk.StartCold, nil
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
