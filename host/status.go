package host

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// Status tells the last observation of every deployment; with Refresh the
// components are asked now.
func (h *Host) Status(ctx context.Context, from api.Caller, req api.StatusRequest, report api.Reporter) (api.StatusList, error) {
	list := api.StatusList{Functions: []api.Deployment{}}
	if req.Name != "" {
		if _, err := h.registry.Get(ctx, req.Name); err != nil {
			return list, err
		}
	}
	if req.On != "" {
		if _, _, err := h.choose(ctx, from, wanted{verb: "status", on: req.On}, report); err != nil {
			return list, err
		}
	}
	if req.Refresh {
		if err := h.reconcile(ctx, from, req.On, report); err != nil {
			return list, err
		}
	}
	h.resume(from)
	known, err := h.registry.Deployments(ctx, req.Name, req.On)
	if err != nil {
		return list, err
	}
	functions, err := h.registry.List(ctx)
	if err != nil {
		return list, err
	}
	current := map[string]int{}
	for _, f := range functions {
		current[f.Function] = f.Version
	}
	for _, d := range known {
		list.Functions = append(list.Functions, deploymentOf(d, current[d.Function]))
	}
	return list, nil
}

// reconcile asks every ready component, or the one named, and remembers what
// it says. One that cannot answer leaves its deployments unknown, with the
// reason, and harms no other.
func (h *Host) reconcile(ctx context.Context, from api.Caller, on string, report api.Reporter) error {
	all, err := h.plugins.all(from)
	if err != nil {
		return err
	}
	var wait sync.WaitGroup
	for _, c := range all {
		if on != "" && c.name != on {
			continue
		}
		wait.Go(func() {
			if err := h.reconcileOne(ctx, from, c, report); err != nil {
				if h.processes.hearsOther(c) {
					report.Note(c.name + ": " + fault.From(err).Message + "; its states are those told in another environment")
				}
				if err := h.unknown(c, err.Error()); err != nil {
					h.log.Warn("keep the state of functions", "component", c.name, "error", err)
				}
			}
		})
	}
	wait.Wait()
	return ctx.Err()
}

func (h *Host) reconcileOne(ctx context.Context, from api.Caller, c *component, report api.Reporter) error {
	c, _, err := h.ready(ctx, from, c, report)
	if err != nil {
		return err
	}
	p, release, err := h.processes.acquire(ctx, c)
	if err != nil {
		return err
	}
	defer release()
	var found []sdk.FunctionStatus
	at := time.Now()
	err = attended(ctx, p, patience, func(ctx context.Context) (err error) {
		found, err = p.Client().Status(ctx)
		return err
	})
	if err != nil {
		return p.Wrap(err)
	}
	return h.observe(c.name, sdk.Observation{At: at, Functions: found})
}

// observe remembers everything a component said about our functions; what it
// no longer knows is forgotten.
func (h *Host) observe(component string, o sdk.Observation) error {
	observed := make([]registry.Deployment, len(o.Functions))
	for i, s := range o.Functions {
		observed[i] = registry.Deployment{
			Function: s.Name, Component: component, Version: s.Version, State: string(s.State),
			Running: s.Running, Reason: s.Reason, ObservedAt: s.Observed,
		}
		for _, w := range s.Workers {
			observed[i].Workers = append(observed[i].Workers, registry.Worker{ID: w.ID, State: string(w.State)})
		}
	}
	return h.registry.Observe(context.Background(), component, observed, o.At)
}

// deploymentOf says how an observation looks today.
func deploymentOf(d registry.Deployment, current int) api.Deployment {
	out := api.Deployment{
		Name: d.Function, Component: d.Component, State: d.State, Version: d.Version, Running: d.Running,
		Reason: d.Reason, Location: d.Location, ObservedAt: d.ObservedAt,
		Outdated: d.Version != current, Workers: make([]api.Worker, len(d.Workers)),
	}
	for i, w := range d.Workers {
		out.Workers[i] = api.Worker(w)
	}
	if out.Outdated && out.Reason == "" {
		out.Reason = fmt.Sprintf("version %d is current: fn deploy %s --on %s", current, d.Function, d.Component)
	}
	return out
}
