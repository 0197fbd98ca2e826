package host

import (
	"context"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/function"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk/fault"
)

// CreateRuntime names an environment. What it requires is installed at once, by
// the component that would take a call: a runtime that cannot be made ready is
// not created. Where no component is ready, that is left to the first deploy.
func (h *Host) CreateRuntime(ctx context.Context, from api.Caller, req api.RuntimeSpec, report api.Reporter) (api.Runtime, error) {
	if err := function.CheckRuntimeName(req.Name); err != nil {
		return api.Runtime{}, err
	}
	if req.Image != "" {
		if err := function.CheckImage(req.Image); err != nil {
			return api.Runtime{}, err
		}
	}
	r, err := h.registry.CompleteRuntime(ctx, registry.Runtime{
		Name: req.Name, Language: req.Language, Image: req.Image, From: req.From,
	})
	if err != nil {
		return api.Runtime{}, err
	}
	var base registry.Runtime
	if r.From != "" {
		if base, err = h.registry.Runtime(ctx, r.From); err != nil {
			return api.Runtime{}, err
		}
	}
	if err := function.Specialise(&r, base, req.Requirements, req.Preload); err != nil {
		return api.Runtime{}, err
	}
	if needsPreparing(r) {
		if err := h.prepareRuntime(ctx, from, r, report, report.Note); err != nil {
			return api.Runtime{}, err
		}
	}
	r, err = h.registry.CreateRuntime(ctx, r)
	return runtimeOf(r), err
}

// needsPreparing tells whether a runtime is more than its language.
func needsPreparing(r registry.Runtime) bool {
	return r.Image != "" || r.Requirements != "" || len(r.Preload) > 0
}

// prepareRuntime has the component that calls go to make a runtime ready. Where
// none can now, note hears why.
func (h *Host) prepareRuntime(ctx context.Context, from api.Caller, r registry.Runtime, report api.Reporter, note func(string)) error {
	c, state, err := h.choose(ctx, from, wanted{verb: "deploy", image: r.Image != ""}, report)
	if err == nil {
		_, err = languageOf(state, r.Language)
	}
	if err != nil {
		if ctx.Err() != nil {
			return endOf(ctx, err)
		}
		note("runtime " + r.Name + " is not prepared yet, the first deploy will do it: " + fault.From(err).Message)
		return nil
	}
	return h.prepareOn(ctx, c, r, report)
}

// prepareOn has one component, which is ready, make a runtime ready.
func (h *Host) prepareOn(ctx context.Context, c *component, r registry.Runtime, report api.Reporter) error {
	p, release, err := h.processes.acquire(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	err = attended(ctx, p, patience, func(ctx context.Context) error {
		return p.Client().PrepareRuntime(ctx, function.Runtime(r), func(step string, done, total int64, unit string) {
			report.Progress(api.Progress{Component: c.name, Step: step, Done: done, Total: total, Unit: unit})
		})
	})
	switch {
	case fault.KindOf(err) == fault.Unimplemented:
		report.Note("runtime " + r.Name + " is prepared by the first deploy: " + c.name + " does not do it before")
		return nil
	case err != nil:
		return fault.From(p.Wrap(err)).In(c.name, "prepare")
	}
	return nil
}

// ListRuntimes tells every runtime, by name.
func (h *Host) ListRuntimes(ctx context.Context, _ api.Caller, _ api.None, _ api.Reporter) (api.RuntimeList, error) {
	list := api.RuntimeList{Runtimes: []api.Runtime{}}
	all, err := h.registry.Runtimes(ctx)
	for _, r := range all {
		list.Runtimes = append(list.Runtimes, runtimeOf(r))
	}
	return list, err
}

// ShowRuntime tells one runtime.
func (h *Host) ShowRuntime(ctx context.Context, _ api.Caller, req api.NameRef, _ api.Reporter) (api.Runtime, error) {
	r, err := h.registry.Runtime(ctx, req.Name)
	return runtimeOf(r), err
}

// DeleteRuntime forgets a runtime that no function uses.
func (h *Host) DeleteRuntime(ctx context.Context, _ api.Caller, req api.NameRef, _ api.Reporter) (api.None, error) {
	return api.None{}, h.registry.DeleteRuntime(ctx, req.Name)
}
