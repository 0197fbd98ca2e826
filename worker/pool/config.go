package pool

import (
	"context"
	"errors"
	"runtime"
)

// Config is what a pool is made of. Start and Stop are needed.
type Config[K, W comparable] struct {
	// Start returns a worker that waits for its function. It is canceled by
	// Close alone; a limit of time is its own affair.
	Start func(context.Context, K) (W, error)
	// Stop ends a worker, used or not, and returns when nothing of it is left.
	Stop func(W)
	// Dead returns a channel that is closed when the worker has ended by
	// itself, so that it is replaced before a call finds out. nil: not known.
	Dead func(W) <-chan struct{}

	Size       int // workers of each key that wait; 0: none, until Want says so
	Parallel   int // starts and stops at a time; 0: one less than the cores, at least 1
	MaxRunning int // workers handed out and not yet stopped; 0: 64
	Queue      int // calls that wait; 0: 1024
}

func (c *Config[K, W]) setDefaults() {
	if c.Parallel <= 0 {
		c.Parallel = max(1, runtime.NumCPU()-1)
	}
	if c.MaxRunning <= 0 {
		c.MaxRunning = 64
	}
	if c.Queue <= 0 {
		c.Queue = 1024
	}
}

var (
	// ErrFull is returned by Take when too many calls wait already.
	ErrFull = errors.New("pool: too many calls are waiting")
	// ErrClosed is returned by Take when the pool is or gets closed.
	ErrClosed = errors.New("pool: closed")
)
