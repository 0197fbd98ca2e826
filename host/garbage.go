package host

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"syscall"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/function"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// CollectGarbage removes what killed hosts, plugins and commands left: sessions,
// bundles that no version refers to, and what the components find of theirs.
// What this host removed at its start is told by the first.
// What fails in one place keeps nothing elsewhere.
func (h *Host) CollectGarbage(ctx context.Context, from api.Caller, _ api.None, report api.Reporter) (api.Garbage, error) {
	all, err := h.plugins.all(from)
	if err != nil {
		return api.Garbage{}, err
	}
	g := garbage{api.Garbage{Removed: h.swept.take(), Failed: []*fault.Error{}}}
	g.join(h.sweepEnded(ctx))
	g.join(h.processes.sweep())
	g.add(h.sweepBundles(ctx))
	runtimes, err := h.runtimes(ctx)
	g.add(nil, err)
	found := make([]garbage, len(all))
	var wait sync.WaitGroup
	for i, c := range all {
		wait.Go(func() { found[i].add(h.collect(ctx, from, c, runtimes, report)) })
	}
	wait.Wait()
	for _, f := range found {
		g.join(f)
	}
	if err := ctx.Err(); err != nil {
		h.swept.keep(g.Removed)
		return api.Garbage{}, err
	}
	return g.Garbage, nil
}

// garbage is what was found so far.
type garbage struct{ api.Garbage }

func (g *garbage) join(other garbage) {
	g.Removed, g.Failed = append(g.Removed, other.Removed...), append(g.Failed, other.Failed...)
}

func (g *garbage) add(removed []string, err error) {
	g.Removed = append(g.Removed, removed...)
	if err != nil {
		g.Failed = append(g.Failed, unremoved(err))
	}
}

// unremoved explains why something stays.
func unremoved(err error) *fault.Error {
	const hint = "see what keeps it (a mount, an attribute, a process), then: fn gc"
	e := fault.From(err).In("host", "gc")
	if e.Kind != fault.Internal {
		return e
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.Kind = fault.PermissionDenied
	case errors.Is(err, syscall.EBUSY), errors.Is(err, syscall.ENOTEMPTY):
		e.Kind = fault.Conflict
	default:
		return e
	}
	return e.WithHint(hint)
}

// untold is what was removed and nobody was told of yet.
type untold struct {
	mu      sync.Mutex
	removed []string
}

// mostUntold bounds what is remembered; the first are.
const mostUntold = 1000

func (u *untold) keep(removed []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.removed = append(u.removed, removed[:min(len(removed), mostUntold-len(u.removed))]...)
}

// take returns what is remembered, never nil, and forgets it.
func (u *untold) take() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	removed := append([]string{}, u.removed...)
	u.removed = nil
	return removed
}

// runtimes are all that there are, as components are given them.
func (h *Host) runtimes(ctx context.Context) (runtimes []sdk.Runtime, err error) {
	all, err := h.registry.Runtimes(ctx)
	for _, r := range all {
		runtimes = append(runtimes, function.Runtime(r))
	}
	return runtimes, err
}

// collect has a component remove what is of no use any more; runtimes are those
// that there are. One that is not ready is passed over, and that is said: where
// functions are deployed, and something of theirs may be left, as a failure.
func (h *Host) collect(ctx context.Context, from api.Caller, c *component, runtimes []sdk.Runtime, report api.Reporter) (removed []string, err error) {
	c, _, err = h.ready(ctx, from, c, report)
	if err != nil {
		return nil, h.passedOver(ctx, c, fault.From(err), report)
	}
	p, release, err := h.processes.acquire(ctx, c)
	if err != nil {
		return nil, err
	}
	defer release()
	err = attended(ctx, p, patience, func(ctx context.Context) (err error) {
		removed, err = p.Client().Collect(ctx, runtimes, func(step string, done, total int64, unit string) {
			report.Progress(api.Progress{Component: c.name, Step: step, Done: done, Total: total, Unit: unit})
		})
		return err
	})
	for i, what := range removed {
		removed[i] = c.name + ": " + what
	}
	if err == nil || fault.KindOf(err) == fault.Unimplemented {
		return removed, nil
	}
	return removed, fault.From(p.Wrap(err)).In(c.name, "gc")
}

// passedOver says why a component was not looked at: to people where nothing is
// deployed, so that one that is never used fails nobody, else as an error.
func (h *Host) passedOver(ctx context.Context, c *component, why *fault.Error, report api.Reporter) error {
	used, err := h.registry.Deployments(ctx, "", c.name)
	if err != nil {
		return err
	}
	if len(used) == 0 {
		report.Note(c.name + " was not looked at: " + why.Message)
		return nil
	}
	return fault.New(why.Kind, "not looked at: %s", why.Message).WithHint("%s", why.Hint).In(c.name, "gc")
}
