package catalog

import (
	"errors"

	"github.com/fnhost/fn/host/api"
)

// flight is one validation under way, shared by all who want it.
type flight struct {
	done    chan struct{}
	dropped bool          // the component left the manifest; guarded by Catalog.mu
	state   api.Component // once done
}

// validate starts a validation of t, or joins the one that is under way. It
// does not end with those who wait for it: the next caller wants to know too.
// c.mu is held.
func (c *Catalog) validate(t Target) *flight {
	if f, ok := c.flights[t.id()]; ok {
		return f
	}
	f := &flight{done: make(chan struct{})}
	if c.closed {
		f.state = c.state(t)
		close(f.done)
		return f
	}
	c.flights[t.id()] = f
	c.running.Go(func() { c.fly(t, f) })
	return f
}

func (c *Catalog) fly(t Target, f *flight) {
	o := c.observe(c.ctx, t)
	c.mu.Lock()
	switch {
	case f.dropped || c.ctx.Err() != nil:
	case errors.Is(o.err, ErrMoved):
		c.forget(t)
	default:
		c.record(t, o)
	}
	f.state = c.state(t)
	c.mu.Unlock()

	c.save()
	c.mu.Lock()
	delete(c.flights, t.id())
	c.mu.Unlock()
	close(f.done)
	c.wake()
}

// record keeps an outcome. c.mu is held.
func (c *Catalog) record(t Target, o outcome) {
	last := c.entries[t.id()]
	if last.Name == "" {
		last = c.newest(t.Name)
	}
	e := o.entry(t, c.entries[t.id()], last, c.opts.Now().UTC())
	c.entries[t.id()] = e
	c.dirty, c.firstRun = true, false
	if e.State != last.State {
		c.opts.Log.Info("component", "name", e.Name, "state", e.State, "reason", e.Reason)
	}
}

// forget drops what is known of a target that is none any more. c.mu is held.
func (c *Catalog) forget(t Target) {
	if _, ok := c.entries[t.id()]; ok {
		delete(c.entries, t.id())
		c.dirty = true
	}
	if c.used[t.Name].Key == t.Key {
		delete(c.used, t.Name)
	}
}

// newest is the newest observation of a component in any circumstances.
func (c *Catalog) newest(name string) api.CachedComponent {
	var newest api.CachedComponent
	for at, e := range c.entries {
		if at.name == name && (newest.Name == "" || e.CheckedAt.After(newest.CheckedAt.Time)) {
			newest = e
		}
	}
	return newest
}
