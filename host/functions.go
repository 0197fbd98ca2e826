package host

import (
	"context"
	"errors"
	"slices"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/build"
	"github.com/fnhost/fn/host/function"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk/fault"
)

// CreateFunction packs the code and makes version 1.
func (h *Host) CreateFunction(ctx context.Context, from api.Caller, spec api.FunctionSpec, report api.Reporter) (api.Function, error) {
	if err := function.CheckName(spec.Name); err != nil {
		return api.Function{}, err
	}
	v, err := h.definer(from, report).Define(ctx, spec, nil)
	if err != nil {
		return api.Function{}, err
	}
	v, err = h.registry.CreateFunction(ctx, v)
	return function.Summary(v), err
}

// UpdateFunction makes a new version; what the spec leaves out stays. Of
// several at once each builds on the one before.
func (h *Host) UpdateFunction(ctx context.Context, from api.Caller, spec api.FunctionSpec, report api.Reporter) (api.Function, error) {
	for {
		previous, err := h.registry.Get(ctx, spec.Name)
		if err != nil {
			return api.Function{}, err
		}
		v, err := h.definer(from, report).Define(ctx, spec, &previous)
		if err != nil {
			return api.Function{}, err
		}
		v, err = h.registry.AddVersion(ctx, v, previous.Version)
		if errors.Is(err, registry.ErrStale) && ctx.Err() == nil {
			continue
		}
		if err == nil {
			h.prune(ctx, v)
		}
		return function.Summary(v), err
	}
}

// ApplyFunction creates or updates from fn.toml, only if something changed.
func (h *Host) ApplyFunction(ctx context.Context, from api.Caller, spec api.FunctionSpec, report api.Reporter) (api.Applied, error) {
	wanted, err := h.definer(from, report).Define(ctx, spec, nil)
	if err != nil {
		return api.Applied{}, err
	}
	for {
		base := 0
		now, err := h.registry.Get(ctx, wanted.Function)
		switch {
		case err == nil:
			base = now.Version
		case fault.KindOf(err) != fault.NotFound:
			return api.Applied{}, err
		}
		v, change, err := h.registry.Apply(ctx, wanted, base)
		if errors.Is(err, registry.ErrStale) && ctx.Err() == nil {
			continue
		}
		if err == nil && change == registry.Updated {
			h.prune(ctx, v)
		}
		return api.Applied{Function: function.Summary(v), Change: string(change)}, err
	}
}

func (h *Host) definer(from api.Caller, report api.Reporter) function.Definer {
	builder := build.Builder{
		Env: from.Env, Dir: h.session.scratch.path, Note: report.Note,
		Progress: func(step string) { report.Progress(api.Progress{Step: step}) },
	}
	return function.Definer{
		Pack:    h.bundles.Put,
		Stored:  h.bundles.Path,
		Runtime: h.registry.Runtime,
		Build: func(ctx context.Context, name, path, digest string) (string, func(), error) {
			ctx, cancel := h.until(ctx)
			defer cancel()
			dir, err := builder.Build(ctx, build.Source{Name: name, Bundle: h.bundles.Path(digest), Path: path})
			return dir, func() { build.Remove(dir) }, err
		},
		Note: report.Note,
	}
}

// ListFunctions tells every function, by name.
func (h *Host) ListFunctions(ctx context.Context, _ api.Caller, _ api.None, _ api.Reporter) (api.FunctionList, error) {
	list := api.FunctionList{Functions: []api.Function{}}
	all, err := h.registry.List(ctx)
	for _, v := range all {
		list.Functions = append(list.Functions, function.Summary(v))
	}
	return list, err
}

// ShowFunction tells everything of one version.
func (h *Host) ShowFunction(ctx context.Context, _ api.Caller, req api.FunctionRef, _ api.Reporter) (api.FunctionDetail, error) {
	f, err := h.registry.Callable(ctx, req.Name)
	if err != nil {
		return api.FunctionDetail{}, err
	}
	shown, runtime := f.Version, f.Runtime
	if req.Version > 0 {
		if shown, err = h.registry.GetVersion(ctx, req.Name, req.Version); err != nil {
			return api.FunctionDetail{}, err
		}
		if runtime, err = h.registry.Runtime(ctx, shown.Runtime); err != nil {
			return api.FunctionDetail{}, err
		}
	}
	detail, err := function.Detail(shown, runtime)
	for _, d := range f.Deployments {
		detail.Deployments = append(detail.Deployments, deploymentOf(d, f.Version.Version))
	}
	return detail, err
}

// DeleteFunction forgets a function and all its versions, and takes it off the
// components of this machine. It refuses, and changes nothing, while a cloud
// still has it or a component cannot be asked. Where nobody can take it off a
// component it stays there, and that is said.
func (h *Host) DeleteFunction(ctx context.Context, from api.Caller, req api.FunctionRef, report api.Reporter) (api.None, error) {
	if _, err := h.registry.Get(ctx, req.Name); err != nil {
		return api.None{}, err
	}
	known, err := h.registry.Deployments(ctx, req.Name, "")
	if err != nil {
		return api.None{}, err
	}
	all, err := h.plugins.all(from)
	if err != nil {
		return api.None{}, err
	}
	var removers []*component
	var staying []string
	for _, d := range known {
		c := find(all, d.Component)
		if c == nil {
			staying = append(staying, d.Component+", which is not in the manifest any more")
			continue
		}
		c, state, err := h.ready(ctx, from, c, report)
		switch {
		case err != nil:
			return api.None{}, fault.From(err).In(c.name, "delete")
		case !slices.Contains(state.Provides, "remove"):
			staying = append(staying, c.name+", which cannot remove it")
		case state.Limits == nil || !state.Limits.OnThisMachine:
			return api.None{}, fault.New(fault.Conflict, "%s is still deployed there", req.Name).In(c.name, "delete").
				WithHint("fn remove %s --on %s    takes it off there; then delete it", req.Name, c.name)
		default:
			removers = append(removers, c)
		}
	}
	for _, c := range removers {
		if err := h.forget(ctx, c, req.Name); err != nil {
			return api.None{}, fault.From(err).In(c.name, "delete")
		}
	}
	if err := h.registry.Delete(ctx, req.Name); err != nil {
		return api.None{}, err
	}
	for _, where := range staying {
		report.Note(req.Name + " stays on " + where)
	}
	return api.None{}, nil
}

// forget removes a function from a component.
func (h *Host) forget(ctx context.Context, c *component, name string) error {
	p, release, err := h.processes.acquire(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	return p.Wrap(attended(ctx, p, patience, func(ctx context.Context) error { return p.Client().Remove(ctx, name) }))
}

// ListVersions tells a function's history, newest first.
func (h *Host) ListVersions(ctx context.Context, _ api.Caller, req api.FunctionRef, _ api.Reporter) (api.VersionList, error) {
	list := api.VersionList{Versions: []api.FunctionVersion{}}
	all, err := h.registry.Versions(ctx, req.Name)
	for _, v := range all {
		list.Versions = append(list.Versions, api.FunctionVersion{
			Version: v.Version, Current: v.Current, Digest: v.Digest,
			Runtime: v.Runtime, Handler: v.Handler, Image: v.Image, CreatedAt: v.CreatedAt,
		})
	}
	if len(all) > 0 { // they are numbered from 1, and the newest is never removed
		list.Removed = all[0].Version - len(all)
	}
	return list, err
}

// Rollback makes an older version current, at once.
func (h *Host) Rollback(ctx context.Context, _ api.Caller, req api.FunctionRef, _ api.Reporter) (api.Function, error) {
	v, err := h.registry.Rollback(ctx, req.Name, req.Version)
	return function.Summary(v), err
}
