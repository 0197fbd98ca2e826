package host

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// probe starts a component where it does not run and validates it. One that has
// not said yet what it wants to see of the environment is only asked that: then
// it is another target, which is looked at in the background.
func (h *Host) probe(ctx context.Context, t catalog.Target) (is sdk.Description, verbs []string, v sdk.Validation, err error) {
	c := t.Entry.(*component)
	if c.undescribed {
		if err := h.plugins.describe(ctx, c); err != nil {
			return is, verbs, v, err
		}
		h.catalog.Recheck(h.plugins.described(c, c.from).target)
		return is, verbs, v, catalog.ErrMoved
	}
	p, release, err := h.processes.look(ctx, c)
	if err != nil {
		return is, verbs, v, err
	}
	defer release()
	v, err = p.Client().Validate(ctx)
	h.processes.validated(p, err == nil && v.Ready())
	return p.description, p.verbs, v, p.Wrap(err)
}

// ready returns a component that may be called, with its state, see
// catalog.Ready.
func (h *Host) ready(ctx context.Context, from api.Caller, c *component, report api.Reporter) (*component, api.Component, error) {
	state, err := h.catalog.Ready(ctx, c.target, report)
	if !c.undescribed || ctx.Err() != nil {
		return c, state, err
	}
	described := h.plugins.described(c, from)
	if described == nil {
		return c, state, err
	}
	state, err = h.catalog.Ready(ctx, described.target, report)
	return described, state, err
}

// check validates components now, all at once, and returns them as ready does.
func (h *Host) check(ctx context.Context, from api.Caller, chosen []*component, report api.Reporter) ([]*component, []api.Component) {
	checked := slices.Clone(chosen)
	var known []catalog.Target
	var wait sync.WaitGroup
	for i, c := range chosen {
		if c.undescribed {
			wait.Go(func() { checked[i], _, _ = h.ready(ctx, from, c, report) })
		} else {
			known = append(known, c.target)
		}
	}
	if len(known) > 0 {
		h.catalog.Check(ctx, known, report)
	}
	wait.Wait()
	return checked, h.catalog.List(targets(checked))
}

// wanted is what a component is looked for.
type wanted struct {
	verb    string
	on, own string // the component named by the caller, and by the function
	image   bool   // it must run images
}

// choose finds the component that a verb goes to: the one named, else the
// function's own, else the configured default, else the first ready one of
// this machine, of those that run images where there is one. The one it returns
// is ready.
func (h *Host) choose(ctx context.Context, from api.Caller, w wanted, report api.Reporter) (*component, api.Component, error) {
	all, err := h.plugins.all(from)
	if err != nil {
		return nil, api.Component{}, err
	}
	configured, err := h.configured()
	if err != nil {
		return nil, api.Component{}, err
	}
	h.firstRun(from, all, report)
	h.resume(from)
	for _, name := range []string{w.on, w.own, configured.Default} {
		if name != "" {
			return h.named(ctx, from, all, w, name, report)
		}
	}
	return h.unnamed(ctx, from, all, w, report)
}

// named returns the component of that name if it is ready and has the verb.
func (h *Host) named(ctx context.Context, from api.Caller, all []*component, w wanted, name string, report api.Reporter) (*component, api.Component, error) {
	verb, c := w.verb, find(all, name)
	if c == nil {
		return nil, api.Component{}, catalog.Refusal(verb, name, h.catalog.List(targets(all)))
	}
	c, state, err := h.ready(ctx, from, c, report)
	switch {
	case err != nil:
		return nil, state, fault.From(err).In(name, verb)
	case !slices.Contains(state.Provides, verb):
		return nil, state, fault.New(fault.Unimplemented, "this component has no %s", verb).In(name, verb)
	case w.image && !runsImages(state):
		return nil, state, catalog.NoImages(verb, name, h.catalog.List(targets(all)))
	}
	return c, state, nil
}

// unnamed returns the first component of this machine, in manifest order, that
// is ready and has the verb. One of which nothing is known is checked when its
// turn comes; those known not to be ready are checked only when there is no
// other, so that they cost nobody anything who does not need them.
func (h *Host) unnamed(ctx context.Context, from api.Caller, all []*component, w wanted, report api.Reporter) (*component, api.Component, error) {
	var rest []*component
	for i, c := range all {
		state := h.catalog.List([]catalog.Target{c.target})[0]
		switch {
		case state.Limits != nil && (!state.Limits.OnThisMachine || w.image && !state.Limits.Images):
			continue
		case state.State == api.ComponentUnavailable || state.State == api.ComponentBroken:
			rest = append(rest, c)
			continue
		}
		c, state, err := h.ready(ctx, from, c, report)
		if err == nil && takesUnasked(state, w) {
			return c, state, nil
		}
		if ctx.Err() != nil {
			return nil, api.Component{}, fault.From(ctx.Err())
		}
		all[i] = c
	}
	checked, states := h.check(ctx, from, rest, report)
	for i, c := range checked {
		if takesUnasked(states[i], w) {
			return c, states[i], nil
		}
		all[slices.Index(all, rest[i])] = c
	}
	if ctx.Err() != nil {
		return nil, api.Component{}, fault.From(ctx.Err())
	}
	states = h.catalog.List(targets(all))
	if w.image {
		return nil, api.Component{}, catalog.NoImages(w.verb, "", states)
	}
	return nil, api.Component{}, catalog.Refusal(w.verb, "", states)
}

// takesUnasked tells whether a verb may go to a component that nobody named.
func takesUnasked(c api.Component, w wanted) bool {
	return c.State == api.ComponentReady && c.Limits != nil && c.Limits.OnThisMachine && slices.Contains(c.Provides, w.verb) &&
		(!w.image || runsImages(c))
}

// runsImages tells whether a component takes functions and runtimes that name
// an image.
func runsImages(c api.Component) bool { return c.Limits != nil && c.Limits.Images }

// firstRun validates every component at once when nothing is known of any, so
// that asking for them one by one afterwards does not wait one by one.
func (h *Host) firstRun(from api.Caller, all []*component, report api.Reporter) {
	if !h.catalog.FirstRun() {
		return
	}
	h.first.Do(func() {
		report.Note("first run: checking " + names(all))
		for _, c := range all {
			go h.ready(h.ctx, from, c, discard{}) //nolint:errcheck // whoever needs it asks
		}
	})
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
	all, err := h.plugins.all(from)
	if err != nil {
		return api.ComponentList{}, err
	}
	h.catalog.Keep()
	known := h.catalog.List(targets(all))
	var unknown []*component
	for i, state := range known {
		if state.State == api.ComponentUnknown {
			unknown = append(unknown, all[i])
		}
	}
	if len(unknown) == 0 {
		return api.ComponentList{Components: known}, nil
	}
	report.Note("checking " + names(unknown))
	_, states := h.check(ctx, from, unknown, report)
	for i, state := range states {
		known[slices.Index(all, unknown[i])] = state
	}
	return api.ComponentList{Components: known}, nil
}

func names(components []*component) string {
	list := make([]string, len(components))
	for i, c := range components {
		list[i] = c.name
	}
	return strings.Join(list, ", ")
}

// CheckComponents validates now.
func (h *Host) CheckComponents(ctx context.Context, from api.Caller, req api.CheckRequest, report api.Reporter) (api.ComponentList, error) {
	all, err := h.plugins.all(from)
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
	_, states := h.check(ctx, from, chosen, report)
	return api.ComponentList{Components: states}, nil
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
