package catalog

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// outcome is what a probe found.
type outcome struct {
	is         sdk.Description
	provides   []string
	validation sdk.Validation
	err        error
}

// observe probes t within the time limit, whatever the probe does.
func (c *Catalog) observe(ctx context.Context, t Target) outcome {
	limited, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	found := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if r := recover(); r != nil {
				c.opts.Log.Error("a check panicked", "component", t.Name, "panic", r, "stack", string(debug.Stack()))
				o.err = fault.New(fault.Broken, "the check panicked: %v", r).WithHint("fn host logs")
			}
			found <- o
		}()
		o.is, o.provides, o.validation, o.err = c.opts.Probe(limited, t)
	}()
	var o outcome
	select {
	case o = <-found:
	case <-limited.Done():
		o.err = limited.Err()
	}
	if kind := fault.KindOf(o.err); o.err != nil && limited.Err() != nil && (kind == fault.Timeout || kind == fault.Canceled) {
		o.err = fault.New(fault.Broken, "no answer within %s", c.opts.Timeout).
			WithHint("fn components check %s", t.Name)
	}
	return o
}

// entry is what an outcome means; before is what was last known of the
// component in the same circumstances, last what was known in any.
func (o outcome) entry(t Target, before, last api.CachedComponent, now time.Time) api.CachedComponent {
	e := api.CachedComponent{Component: api.Component{
		Name: t.Name, Plugin: t.Plugin, Checks: checks(o.validation.Checks), CheckedAt: api.Time{Time: now}, Since: api.Time{Time: now},
	}, Key: t.Key}
	if o.is.Name != "" {
		e.Version, e.Summary, e.Limits, e.Provides = o.is.Version, o.is.Summary, limits(o.is.Limits), ordered(o.provides)
		e.SHA256, e.Env = t.SHA256, o.is.Env
	} else { // it could not even say what it is
		e.Version, e.Summary, e.Limits, e.Provides = last.Version, last.Summary, last.Limits, ordered(last.Provides)
		e.SHA256, e.Env = last.SHA256, last.Env
	}
	var ttl time.Duration
	e.State, e.Reason, e.Hint, ttl = o.judge(t.Name)
	e.ExpiresAt = api.Time{Time: now.Add(ttl)}
	if before.State == e.State && !before.Since.IsZero() && before.Since.Before(now) {
		e.Since = before.Since
	}
	return e
}

// judge names the state, why, what mends it, and how long to believe it.
func (o outcome) judge(name string) (state, why, hint string, ttl time.Duration) {
	switch {
	case o.err != nil:
		e := fault.From(o.err)
		state, why, hint, ttl = api.ComponentUnavailable, reason(e, name), e.Hint, UnavailableTTL
		if e.Kind == fault.Broken {
			state = api.ComponentBroken
		}
	case !o.validation.Ready():
		state, ttl = api.ComponentUnavailable, UnavailableTTL
		why, hint = firstFailed(o.validation.Checks)
	default:
		state, ttl = api.ComponentReady, ReadyTTL
	}
	if asked := o.validation.ValidFor; asked > 0 {
		ttl = min(ttl, max(asked, LeastTTL))
	}
	return state, why, hint, ttl
}

// reason is the error's text without the component's name, which stands beside
// it wherever it is shown.
func reason(e *fault.Error, name string) string {
	short := *e
	if short.Component == name {
		short.Component = ""
	}
	return short.Error()
}

func firstFailed(checks []sdk.Check) (reason, hint string) {
	for _, check := range checks {
		if check.State != sdk.CheckFailed {
			continue
		}
		reason = check.Name
		if check.Message != "" {
			reason += ": " + check.Message
		}
		if check.Minimum != "" && check.Found != "" {
			reason += fmt.Sprintf(" (found %s, at least %s is needed)", check.Found, check.Minimum)
		}
		return reason, check.Hint
	}
	return "", ""
}

func checks(from []sdk.Check) []api.Check {
	to := make([]api.Check, 0, len(from))
	for _, c := range from {
		to = append(to, api.Check{
			Name: c.Name, State: string(c.State), Message: c.Message, Hint: c.Hint, Found: c.Found, Minimum: c.Minimum,
		})
	}
	return to
}

func limits(from sdk.Limits) *api.Limits {
	to := &api.Limits{
		Languages:      make([]api.Language, 0, len(from.Languages)),
		OnThisMachine:  from.OnThisMachine,
		Logs:           string(from.Logs),
		CancelEndsCall: from.CancelEndsCall,
		StopEndsCalls:  from.StopEndsCalls,
		LimitsMemory:   from.LimitsMemory,
		KeepsVersions:  from.KeepsVersions,
		Images:         from.Images,
		MaxBundle:      from.MaxBundle,
	}
	for _, l := range from.Languages {
		to.Languages = append(to.Languages, api.Language(l))
	}
	return to
}
