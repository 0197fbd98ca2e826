package host

import (
	"context"
	"strings"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// probe starts a component where it does not run and validates it.
func (h *Host) probe(ctx context.Context, t catalog.Target) (sdk.Description, []string, sdk.Validation, error) {
	c, ok := h.plugins.byKey(t.Key)
	if !ok {
		return sdk.Description{}, nil, sdk.Validation{}, fault.New(fault.Internal, "nothing is known of this key").In(t.Name, "validate")
	}
	p, release, err := h.processes.acquire(ctx, c)
	if err != nil {
		return sdk.Description{}, nil, sdk.Validation{}, err
	}
	defer release()
	v, err := p.Client().Validate(ctx)
	return p.description, p.verbs, v, p.Wrap(err)
}

// choose finds the component that a verb goes to: the one named, else the
// function's own, else the configured default, else the first ready one of
// this machine. The one it returns is ready.
func (h *Host) choose(ctx context.Context, from api.Caller, verb, on, own string, report api.Reporter) (*component, api.Component, error) {
	all, err := h.plugins.all(ctx, from)
	if err != nil {
		return nil, api.Component{}, err
	}
	configured, err := h.configured()
	if err != nil {
		return nil, api.Component{}, err
	}
	h.firstRun(all, report)
	for _, name := range []string{on, own, configured.Default} {
		if name != "" {
			return h.named(ctx, all, verb, name, report)
		}
	}
	for _, c := range all {
		state, err := h.catalog.Ready(ctx, c.target, report)
		if err == nil && state.Limits != nil && state.Limits.OnThisMachine && provides(state, verb) {
			return c, state, nil
		}
		if ctx.Err() != nil {
			return nil, api.Component{}, fault.From(ctx.Err())
		}
	}
	return nil, api.Component{}, catalog.Refusal(verb, "", h.catalog.List(targets(all)))
}

// named returns the component of that name if it is ready and has the verb.
func (h *Host) named(ctx context.Context, all []*component, verb, name string, report api.Reporter) (*component, api.Component, error) {
	for _, c := range all {
		if c.name != name {
			continue
		}
		state, err := h.catalog.Ready(ctx, c.target, report)
		if err != nil {
			return nil, state, err
		}
		if !provides(state, verb) {
			return nil, state, fault.New(fault.Unimplemented, "this component has no %s", verb).In(name, verb)
		}
		return c, state, nil
	}
	return nil, api.Component{}, catalog.Refusal(verb, name, h.catalog.List(targets(all)))
}

// firstRun validates every component at once when nothing is known of any, so
// that asking for them one by one afterwards does not wait one by one.
func (h *Host) firstRun(all []*component, report api.Reporter) {
	if !h.catalog.FirstRun() {
		return
	}
	h.first.Do(func() {
		report.Note("first run: checking the components " + names(targets(all)))
		for _, c := range all {
			go h.catalog.Ready(h.ctx, c.target, discard{})
		}
	})
}

func provides(c api.Component, verb string) bool {
	for _, v := range c.Provides {
		if v == verb {
			return true
		}
	}
	return false
}

func targets(all []*component) []catalog.Target {
	ts := make([]catalog.Target, len(all))
	for i, c := range all {
		ts[i] = c.target
	}
	return ts
}

// ListComponents tells what is known. It asks only components of which nothing
// is: on the first run, or when the manifest, an executable or what a component
// sees of the caller's environment has changed.
func (h *Host) ListComponents(ctx context.Context, from api.Caller, _ api.None, report api.Reporter) (api.ComponentList, error) {
	all, err := h.plugins.all(ctx, from)
	if err != nil {
		return api.ComponentList{}, err
	}
	known := h.catalog.List(targets(all))
	var unknown []catalog.Target
	for i, c := range known {
		if c.State == api.ComponentUnknown {
			unknown = append(unknown, all[i].target)
		}
	}
	if len(unknown) > 0 {
		report.Note("checking " + names(unknown))
		h.catalog.Check(ctx, unknown, report)
		known = h.catalog.List(targets(all))
	}
	return api.ComponentList{Components: known}, nil
}

func names(ts []catalog.Target) string {
	list := make([]string, len(ts))
	for i, t := range ts {
		list[i] = t.Name
	}
	return strings.Join(list, ", ")
}

// CheckComponents validates now.
func (h *Host) CheckComponents(ctx context.Context, from api.Caller, req api.CheckRequest, report api.Reporter) (api.ComponentList, error) {
	all, err := h.plugins.all(ctx, from)
	if err != nil {
		return api.ComponentList{}, err
	}
	chosen := all
	if len(req.Names) > 0 {
		chosen = nil
		for _, name := range req.Names {
			c := find(all, name)
			if c == nil {
				return api.ComponentList{}, catalog.Refusal("", name, h.catalog.List(targets(all)))
			}
			chosen = append(chosen, c)
		}
	}
	return api.ComponentList{Components: h.catalog.Check(ctx, targets(chosen), report)}, nil
}

// Why explains a verb from what is known.
func (h *Host) Why(ctx context.Context, from api.Caller, req api.WhyRequest, report api.Reporter) (api.WhyAnswer, error) {
	list, err := h.ListComponents(ctx, from, api.None{}, report)
	if err != nil {
		return api.WhyAnswer{}, err
	}
	return catalog.Why(req.Verb, list.Components)
}

func find(all []*component, name string) *component {
	for _, c := range all {
		if c.name == name {
			return c
		}
	}
	return nil
}
