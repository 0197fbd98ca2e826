package catalog

import (
	"context"
	"time"

	"github.com/fnhost/fn/host/api"
)

// longestSleep bounds how long Run sleeps: its timer does not follow the wall
// clock, which may be set back, or go on while the machine sleeps.
const longestSleep = UnavailableTTL

// Run validates what has expired, until ctx ends: of each component the target
// that was asked for last. Between expiries it sleeps.
func (c *Catalog) Run(ctx context.Context) {
	for {
		timer := time.NewTimer(c.refresh())
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-c.changed:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// refresh starts the validations that are due and returns when to look again.
// A validation that ends wakes Run.
func (c *Catalog) refresh() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	sleep := longestSleep
	for _, t := range c.used {
		state := c.state(t)
		if c.expired(state) {
			c.validate(t)
			continue
		}
		sleep = min(sleep, state.ExpiresAt.Sub(c.opts.Now()))
	}
	return sleep
}

// expired tells whether an observation is too old to be believed unasked. One
// from the future is: the clock was set back, and nobody knows how old it is.
func (c *Catalog) expired(state api.Component) bool {
	now := c.opts.Now()
	return !now.Before(state.ExpiresAt.Time) || state.CheckedAt.After(now)
}

func (c *Catalog) wake() {
	select {
	case c.changed <- struct{}{}:
	default:
	}
}
