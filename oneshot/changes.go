package oneshot

import "sync"

// changes tell those who watch that something is different now. The zero value is
// ready.
type changes struct {
	mu       sync.Mutex
	watchers map[chan struct{}]struct{}
}

// note never waits: it is on the path of calls.
func (c *changes) note() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.watchers {
		select {
		case w <- struct{}{}:
		default: // it knows already
		}
	}
}

// follow returns a channel that has a value when something changed since the last
// one was received.
func (c *changes) follow() (changed <-chan struct{}, end func()) {
	w := make(chan struct{}, 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watchers == nil {
		c.watchers = map[chan struct{}]struct{}{}
	}
	c.watchers[w] = struct{}{}
	return w, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.watchers, w)
	}
}
