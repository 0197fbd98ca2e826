package catalog

import (
	"context"
	"sync"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// Ready returns the state of a component that may be called. One that is known
// to be ready is, at once and however old that knowledge is; when it has
// expired it is validated in the background. Any other is validated now, once
// for all who wait, and report hears of it (nil: nobody).
//
// The error is Unavailable or Broken and says what is wrong, since when, and
// what mends it; the state is returned with it. When ctx ends first it has the
// kind of that, and the validation goes on.
func (c *Catalog) Ready(ctx context.Context, t Target, report api.Reporter) (api.Component, error) {
	c.mu.Lock()
	c.used[t.Name] = t
	state := c.state(t)
	if state.State == api.ComponentReady {
		if c.expired(state) {
			c.validate(t)
		}
		c.mu.Unlock()
		return state, nil
	}
	f := c.validate(t)
	c.mu.Unlock()

	if report != nil {
		report.Progress(api.Progress{Component: t.Name, Step: "check"})
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		return state, fault.From(ctx.Err()).In(t.Name, "check")
	}
	if f.state.State != api.ComponentReady {
		return f.state, notReady(f.state)
	}
	return f.state, nil
}

// Recheck looks at a component again, in the background: after a call that ended
// with Unavailable, say.
func (c *Catalog) Recheck(t Target) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.validate(t)
}

// Check validates the targets now, all at once, each within its own time limit,
// and returns their states in the same order. Where ctx ends first, the states
// known until then.
func (c *Catalog) Check(ctx context.Context, targets []Target, report api.Reporter) []api.Component {
	var wait sync.WaitGroup
	var mu sync.Mutex
	done := 0
	progress := func(step string, n int) {
		mu.Lock()
		defer mu.Unlock()
		done += n
		if report != nil {
			report.Progress(api.Progress{Component: step, Step: "check", Done: int64(done), Total: int64(len(targets)), Unit: "components"})
		}
	}
	progress("", 0)
	for _, t := range targets {
		wait.Go(func() {
			c.mu.Lock()
			c.used[t.Name] = t
			f := c.validate(t)
			c.mu.Unlock()
			select {
			case <-f.done:
				progress(t.Name, 1)
			case <-ctx.Done():
			}
		})
	}
	wait.Wait()
	return c.List(targets)
}
