package host

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk"
)

const (
	// followAgain and rarelyAgain are the first and the longest pause before a
	// component is asked once more to tell of changes.
	followAgain = 100 * time.Millisecond
	rarelyAgain = time.Minute
	// afterCommand is how long the look at what was deployed before a host began is
	// put off, so that the first command has the machine for itself.
	afterCommand = 300 * time.Millisecond
)

// follow keeps what a process tells of the component's functions until it ends. It
// counts for nobody as use of the process, or of the host.
func (h *Host) follow(p *process) {
	if _, can := p.Description(); !can.Watch {
		return
	}
	for pause := followAgain; ; pause = min(2*pause, rarelyAgain) {
		err := p.Client().Watch(h.ctx, func(o sdk.Observation) error {
			pause = followAgain
			h.told(p, o)
			return nil
		})
		select {
		case <-h.ctx.Done():
			return
		case <-p.Done():
		case <-time.After(pause):
			h.log.Warn("changes are told no more, asking again", "component", p.component, "error", err)
			continue
		}
		h.keep(p, func() error { return h.registry.EndRuns(context.Background(), p.component, time.Now()) })
		return
	}
}

// told keeps what a process says of functions.
func (h *Host) told(p *process, o sdk.Observation) {
	p.telling.Lock()
	defer p.telling.Unlock()
	p.last = &o
	h.keep(p, func() error { return h.observe(p.component, o) })
}

// repeat keeps what a process said last in place of what another said meanwhile: calls
// go to it again since then.
func (h *Host) repeat(p *process, since time.Time) {
	p.telling.Lock()
	defer p.telling.Unlock()
	if p.last == nil {
		return
	}
	o := *p.last
	if o.At.Before(since) {
		o.At = since
	}
	h.keep(p, func() error { return h.observe(p.component, o) })
}

// unknown notes that nobody knows the states of a component's functions, unless the
// component of another environment tells them.
func (h *Host) unknown(c *component, reason string) error {
	if h.processes.hearsOther(c) {
		return nil
	}
	return h.registry.SetUnknown(context.Background(), c.name, reason, time.Now())
}

// keep writes what is known from a process, if it is the one whose word counts: calls
// may go to one of another environment.
func (h *Host) keep(p *process, write func() error) {
	if !h.processes.isHeard(p) {
		return
	}
	if err := write(); err != nil {
		h.log.Warn("keep the state of functions", "component", p.component, "error", err)
	}
}

// resume has, once, the states of what was deployed before this host began put
// right in the background, as the first caller sees the components: those that are
// ready are started, and tell; of the others the states are unknown.
func (h *Host) resume(from api.Caller) {
	if h.opts.Private {
		return
	}
	h.resumed.Do(func() {
		time.AfterFunc(afterCommand, func() {
			if err := h.resumeNow(from); err != nil && h.ctx.Err() == nil {
				h.log.Warn("the states of what was deployed before", "error", err)
			}
		})
	})
}

func (h *Host) resumeNow(from api.Caller) error {
	deployed, err := h.registry.Deployments(h.ctx, "", "")
	if err != nil {
		return err
	}
	all, err := h.plugins.all(from)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !slices.ContainsFunc(deployed, func(d registry.Deployment) bool { return d.Component == c.name }) {
			continue
		}
		switch state := h.catalog.List([]catalog.Target{c.target})[0]; {
		case state.State == api.ComponentReady && state.Limits != nil && state.Limits.OnThisMachine:
			if p, release, err := h.processes.look(h.ctx, c); err == nil {
				h.processes.validated(p, true) // a call that came meanwhile, of another environment, counts for more
				release()
			}
		case state.State == api.ComponentUnavailable, state.State == api.ComponentBroken:
			err = errors.Join(err, h.unknown(c, state.Reason))
		}
	}
	return err
}
