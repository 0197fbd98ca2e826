package host

import (
	"context"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/function"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// ensureDeployed makes the version known to a component of this machine, where
// a function is deployed on its first call. A stopped function stays stopped,
// and a cloud is never deployed to unasked.
func (h *Host) ensureDeployed(ctx context.Context, p *process, c *component, state api.Component, f callable, report api.Reporter) error {
	name := f.Version.Function
	known, ok := f.deployment(c.name)
	switch {
	case ok && known.State == string(sdk.StateStopped):
		return stopped(c.name, name)
	case ok && known.State != string(sdk.StateFailed) && (known.Version == f.Version.Version || !state.Limits.OnThisMachine):
		return nil
	case !state.Limits.OnThisMachine:
		return fault.New(fault.NotFound, "%s is not deployed there", name).In(c.name, "run").
			WithHint("fn deploy %s --on %s", name, c.name)
	}
	if !ok || known.State == string(sdk.StateUnknown) {
		// The registry does not know whether it was stopped there; the component
		// does.
		var found []sdk.FunctionStatus
		err := attended(ctx, p, patience, func(ctx context.Context) (err error) {
			found, err = p.Client().Status(ctx, name)
			return err
		})
		if err != nil {
			return p.Wrap(err)
		}
		if len(found) == 1 && found[0].State == sdk.StateStopped {
			return stopped(c.name, name)
		}
	}
	return h.deploy(ctx, p, c, h.on(f, c.name), report)
}

// deployment is what is known of the function on a component.
func (f callable) deployment(component string) (registry.Deployment, bool) {
	for _, d := range f.Deployments {
		if d.Component == component {
			return d, true
		}
	}
	return registry.Deployment{}, false
}

func stopped(component, function string) error {
	return fault.New(fault.Conflict, "%s is stopped", function).In(component, "run").
		WithHint("fn deploy %s --on %s", function, component)
}

// deploy makes one version known to a component and remembers it.
func (h *Host) deploy(ctx context.Context, p *process, c *component, f sdk.Function, report api.Reporter) error {
	var location string
	err := attended(ctx, p, patience, func(ctx context.Context) (err error) {
		location, err = p.Client().Deploy(ctx, f, func(step string, done, total int64, unit string) {
			report.Progress(api.Progress{Component: c.name, Step: step, Done: done, Total: total, Unit: unit})
		})
		return err
	})
	d := registry.Deployment{
		Function: f.Name, Component: c.name, Version: f.Version, State: string(sdk.StateDeployed),
		Location: location, ObservedAt: time.Now(),
	}
	if err != nil {
		err = fault.From(p.Wrap(err)).In(c.name, "deploy")
		d.State, d.Reason = string(sdk.StateFailed), err.Error()
	}
	if putErr := h.registry.PutDeployment(context.WithoutCancel(ctx), d); err == nil {
		err = putErr
	}
	return err
}

// Deploy makes the current version known to a component.
func (h *Host) Deploy(ctx context.Context, from api.Caller, req api.OnRequest, report api.Reporter) (api.Deployment, error) {
	f, err := h.callable(ctx, req.Name)
	if err != nil {
		return api.Deployment{}, err
	}
	c, state, err := h.choose(ctx, from, f.wants("deploy", req.On), report)
	if err != nil {
		return api.Deployment{}, err
	}
	if _, err := languageOf(state, function.Spoken(f.Runtime.Language)); err != nil {
		return api.Deployment{}, fault.From(err).In(c.name, "deploy")
	}
	if limit := state.Limits.MaxBundle; limit > 0 && f.Version.Size > limit {
		return api.Deployment{}, fault.New(fault.ResourceExhausted, "the code has %d bytes, this component takes %s", f.Version.Size, exact(limit)).In(c.name, "deploy")
	}
	p, release, err := h.processes.acquire(ctx, c)
	if err != nil {
		return api.Deployment{}, err
	}
	defer release()
	if err := h.deploy(ctx, p, c, h.on(f, c.name), report); err != nil {
		return api.Deployment{}, err
	}
	d, err := h.registry.Deployment(ctx, req.Name, c.name)
	return deploymentOf(d, f.Version.Version), err
}

// Stop refuses new calls of a function until deploy.
func (h *Host) Stop(ctx context.Context, from api.Caller, req api.OnRequest, report api.Reporter) (api.None, error) {
	return h.onDeployment(ctx, from, "stop", req, report, func(ctx context.Context, p *process, c *component) error {
		if err := p.Client().Stop(ctx, req.Name); err != nil {
			return err
		}
		return h.registry.SetState(ctx, req.Name, c.name, string(sdk.StateStopped), time.Now())
	})
}

// Remove takes a function off a component.
func (h *Host) Remove(ctx context.Context, from api.Caller, req api.OnRequest, report api.Reporter) (api.None, error) {
	return h.onDeployment(ctx, from, "remove", req, report, func(ctx context.Context, p *process, c *component) error {
		if err := p.Client().Remove(ctx, req.Name); err != nil {
			return err
		}
		return h.registry.DeleteDeployment(ctx, req.Name, c.name)
	})
}

// onDeployment finds the component that a verb means for a function and acts
// there.
func (h *Host) onDeployment(ctx context.Context, from api.Caller, verb string, req api.OnRequest, report api.Reporter, act func(context.Context, *process, *component) error) (api.None, error) {
	f, err := h.callable(ctx, req.Name)
	if err != nil {
		return api.None{}, err
	}
	c, _, err := h.choose(ctx, from, f.wants(verb, req.On), report)
	if err != nil {
		return api.None{}, err
	}
	p, release, err := h.processes.acquire(ctx, c)
	if err != nil {
		return api.None{}, err
	}
	defer release()
	err = attended(ctx, p, patience, func(ctx context.Context) error { return act(ctx, p, c) })
	if err != nil {
		return api.None{}, fault.From(p.Wrap(err)).In(c.name, verb)
	}
	return api.None{}, nil
}

// Logs returns what a function printed lately.
func (h *Host) Logs(ctx context.Context, from api.Caller, req api.LogsRequest, report api.Reporter) (api.LogList, error) {
	list := api.LogList{Lines: []api.LogLine{}}
	_, err := h.onDeployment(ctx, from, "logs", api.OnRequest{Name: req.Name, On: req.On}, report, func(ctx context.Context, p *process, c *component) error {
		return p.Client().Logs(ctx, req.Name, req.Tail, func(r sdk.LogRecord) error {
			list.Lines = append(list.Lines, api.LogLine{Time: r.Time, Call: r.Call, Stream: string(r.Stream), Text: r.Text})
			return nil
		})
	})
	return list, err
}
