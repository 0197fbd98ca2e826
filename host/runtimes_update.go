package host

import (
	"context"
	"slices"
	"strings"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/function"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk/fault"
)

// UpdateRuntime changes a runtime. It is made ready first, on the components of
// this machine that have functions of it, so that the next call of each finds
// the new one; one that cannot be made ready is not changed.
func (h *Host) UpdateRuntime(ctx context.Context, from api.Caller, req api.RuntimeUpdate, report api.Reporter) (api.UpdatedRuntime, error) {
	r, err := h.changedRuntime(ctx, req)
	if err != nil {
		return api.UpdatedRuntime{}, err
	}
	warnings := []string{}
	warn := func(text string) { warnings = append(warnings, text) }
	components, runtimes, err := h.registry.RuntimeUsers(ctx, r.Name)
	if err == nil {
		err = h.prepareAgain(ctx, from, r, components, report, warn)
	}
	if err == nil {
		err = h.registry.UpdateRuntime(ctx, r)
	}
	if err == nil && len(runtimes) > 0 {
		warn("made from " + r.Name + ", they stay as they are: " + strings.Join(runtimes, ", "))
	}
	return api.UpdatedRuntime{Runtime: runtimeOf(r), Warnings: warnings}, err
}

// changedRuntime is a runtime as an update would have it; it changes none.
func (h *Host) changedRuntime(ctx context.Context, req api.RuntimeUpdate) (registry.Runtime, error) {
	r, err := h.registry.Runtime(ctx, req.Name)
	if err != nil {
		return r, err
	}
	if r.Builtin {
		return r, h.registry.UpdateRuntime(ctx, r) // which says why not
	}
	var base registry.Runtime
	if r.From != "" {
		if base, err = h.registry.Runtime(ctx, r.From); err != nil {
			return r, err
		}
	}
	switch {
	case req.Image == nil:
	case *req.Image == "":
		r.Image = base.Image
	default:
		if err := function.CheckImage(*req.Image); err != nil {
			return r, err
		}
		if err := h.registry.NoImagesIn(ctx, r.Name); err != nil {
			return r, err
		}
		r.Image = *req.Image
	}
	return r, function.Respecialise(&r, base, req.Requirements, req.Preload)
}

// prepareAgain makes a changed runtime ready on the components that have
// functions of it. Where none has, that is left to the one that calls go to.
func (h *Host) prepareAgain(ctx context.Context, from api.Caller, r registry.Runtime, on []string, report api.Reporter, warn func(string)) error {
	if !needsPreparing(r) {
		return nil
	}
	all, err := h.plugins.all(from)
	if err != nil {
		return err
	}
	using := slices.DeleteFunc(all, func(c *component) bool { return !slices.Contains(on, c.name) })
	if len(using) == 0 {
		return h.prepareRuntime(ctx, from, r, report, warn)
	}
	for _, c := range using {
		if err := h.prepareThere(ctx, from, c, r, report, warn); err != nil {
			return err
		}
	}
	return nil
}

// prepareThere makes a changed runtime ready on a component that has functions
// of it. Where that cannot be now, warn hears what becomes of them.
func (h *Host) prepareThere(ctx context.Context, from api.Caller, c *component, r registry.Runtime, report api.Reporter, warn func(string)) error {
	c, state, err := h.ready(ctx, from, c, report)
	switch {
	case ctx.Err() != nil:
		return endOf(ctx, err)
	case err != nil:
		warn(c.name + " has the runtime as it was until the next deploy: " + fault.From(err).Message)
	case !state.Limits.OnThisMachine:
		warn(c.name + " has the runtime as it was until the next deploy")
	case r.Image != "" && !runsImages(state):
		warn(c.name + " runs no images: functions of " + r.Name + " cannot be called there any more")
	default:
		return h.prepareOn(ctx, c, r, report)
	}
	return nil
}
