package container

import (
	"context"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/fnhost/fn/sdk"
)

const (
	// patience is how long something may take until it is asked whether the
	// engine still answers at all, and how long it may take to answer that.
	patience = 3 * time.Second
	// glance bounds the question whether an engine that was out is back.
	glance = 200 * time.Millisecond
)

// down returns why the engine does not answer; nil: it does, as far as is known.
func (w *watch) down() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.outage
}

// answers returns why the engine does not answer. It does not wait for one that
// is known to be out.
func (w *watch) answers(ctx context.Context) error {
	out := w.down()
	if out == nil || w.ping(ctx, glance) == nil {
		return nil
	}
	return out
}

// guard returns a context that is over, with the cause, when the engine stops
// answering.
func (w *watch) guard(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(patience):
			}
			err := w.ping(ctx, patience)
			if w.missed(err) && ctx.Err() == nil {
				cancel(w.down())
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

func (w *watch) ping(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_, err := w.engine.Ping(ctx)
	return err
}

// missed tells whether an error says that the engine does not answer. Then it is
// waited for.
func (w *watch) missed(err error) bool {
	err = w.engine.Explain(err)
	if sdk.KindOf(err) != sdk.Unavailable {
		return false
	}
	w.mu.Lock()
	first := w.outage == nil
	if first {
		w.outage = err
		w.in(w.await)
	}
	w.mu.Unlock()
	if first {
		w.change()
	}
	return true
}

// await returns when the engine answers again and what was left is removed.
func (w *watch) await() {
	for w.ctx.Err() == nil {
		if w.ping(w.ctx, cleanUp) == nil {
			w.mu.Lock()
			w.outage = nil
			w.mu.Unlock()
			w.change()
			w.reconcile(w.ctx)
			w.bury(w.ctx)
			return
		}
		select {
		case <-w.ctx.Done():
		case <-time.After(pause):
		}
	}
}

// doom has a container removed that may or may not be there, as soon as the
// engine answers.
func (w *watch) doom(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.doomed[name] = struct{}{}
	if w.outage == nil {
		w.in(func() { w.bury(w.ctx) })
	}
}

// bury removes the containers that are to be removed.
func (w *watch) bury(ctx context.Context) {
	w.mu.Lock()
	names := make([]string, 0, len(w.doomed))
	for name := range w.doomed {
		names = append(names, name)
	}
	w.mu.Unlock()
	for _, name := range names {
		err := w.engine.ContainerRemove(ctx, name, container.RemoveOptions{Force: true, RemoveVolumes: true})
		if err != nil && !errdefs.IsNotFound(err) && !errdefs.IsConflict(err) {
			w.missed(err)
			return
		}
		w.mu.Lock()
		delete(w.doomed, name)
		w.mu.Unlock()
	}
}
