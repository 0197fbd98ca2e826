package pool

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// Config is what a pool is made of. Start and Stop are needed.
type Config[K, W comparable] struct {
	// Start returns a worker that waits for its call. It is canceled by Close
	// alone; a limit of time is its own affair.
	Start func(context.Context, K) (W, error)
	// Stop ends a worker, used or not, and returns when nothing of it is left.
	Stop func(W)
	// Dead returns a channel that is closed when the worker has ended by
	// itself, so that it is replaced before a call finds out. nil: not known.
	Dead func(W) <-chan struct{}
	// Measure returns the memory that a waiting worker holds, in bytes; 0: not
	// known. It may be asked while the worker is handed out or stopped. nil:
	// every worker counts with Estimate.
	Measure func(W) int64

	// Aside tells which keys' starts run code that may take long. Such a start
	// begins only when there is room, and then holds no other up. nil: none.
	Aside func(K) bool

	Policy Policy // nil: Peak
	Bounds Bounds // of keys that Keep does not mention
	Slots  int    // workers that wait, of all keys; 0: no limit of its own

	Memory   int64 // bytes that all workers together may hold; 0: no limit
	Estimate int64 // bytes of a worker of a key never measured; 0: 32 MiB

	Parallel   int // starts and stops at a time; 0: one less than the cores, at least 1
	MaxRunning int // workers handed out and not yet stopped; 0: 64
	Queue      int // calls that wait; 0: 1024

	// Hush is the longest that the refill of a worker just taken is put off,
	// see hushTime; 0: 20 ms, negative: not at all.
	Hush time.Duration
}

func (c *Config[K, W]) setDefaults() {
	if c.Policy == nil {
		c.Policy = Peak{}
	}
	if c.Estimate <= 0 {
		c.Estimate = 32 << 20
	}
	if c.Parallel <= 0 {
		c.Parallel = max(1, runtime.NumCPU()-1)
	}
	if c.MaxRunning <= 0 {
		c.MaxRunning = 64
	}
	if c.Queue <= 0 {
		c.Queue = 1024
	}
	if c.Hush == 0 {
		c.Hush = longHush
	}
}

var (
	// ErrFull is returned by Take when too many calls wait already.
	ErrFull = errors.New("pool: too many calls are waiting")
	// ErrMemory is returned by Take when the call alone needs more memory than
	// all workers together may hold.
	ErrMemory = errors.New("pool: the call needs more memory than there is for all")
	// ErrClosed is returned by Take when the pool is or gets closed.
	ErrClosed = errors.New("pool: closed")
)
