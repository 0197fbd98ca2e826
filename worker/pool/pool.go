package pool

import (
	"context"
	"sync"
	"time"
)

// A Pool keeps workers of type W waiting under keys of type K.
type Pool[K, W comparable] struct {
	cfg    Config[K, W]
	ctx    context.Context // of every start
	cancel context.CancelFunc

	mu      sync.Mutex
	keys    map[K]*line[K, W]
	order   []*line[K, W]     // lines in order of first use, so that choices are repeatable
	queue   []*waiter[K, W]   // calls, oldest first
	running map[W]*line[K, W] // handed out
	used    []used[K, W]      // given back, to be stopped
	jobs    int               // starts and stops under way
	stops   int               // of them, stops of workers that were handed out
	ticket  int               // numbers calls and spares as they arrive
	closed  bool
	idle    chan struct{} // closed and replaced when something ended
	later   *time.Timer   // does the next step that time alone allows
}

// A line is the state of one key.
type line[K, W comparable] struct {
	key      K
	want     int // workers that ought to wait
	waiting  []*spare[W]
	starting int
	retired  bool // to be forgotten when nothing of it is left
	backoff  backoff
	quiet    time.Time // no refill before, for the sake of a call that just began
	stats    counters
}

// A spare is a worker that waits for a call.
type spare[W any] struct {
	worker W
	ticket int
	taken  chan struct{} // closed when it no longer waits
}

type used[K, W comparable] struct {
	worker W
	ran    bool // it was handed out, so it counts as running until stopped
}

// A waiter is a call without a worker.
type waiter[K, W comparable] struct {
	line   *line[K, W]
	ticket int
	got    chan taken[W] // buffered: giving never blocks
}

type taken[W any] struct {
	worker W
	warm   bool
	err    error
}

// New returns an empty pool. Keys come into being by Take and Want.
func New[K, W comparable](cfg Config[K, W]) *Pool[K, W] {
	cfg.setDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	return &Pool[K, W]{
		cfg: cfg, ctx: ctx, cancel: cancel,
		keys: map[K]*line[K, W]{}, running: map[W]*line[K, W]{}, idle: make(chan struct{}),
	}
}

// Take returns a worker of the key for one call: one that waits (warm), or else
// the next one to become ready. The caller gives it back by Done or Lost. The
// error is ErrFull, ErrClosed, the context's, or that of the start.
func (p *Pool[K, W]) Take(ctx context.Context, key K) (w W, warm bool, err error) {
	call, err := p.enqueue(ctx, key)
	if err != nil {
		return w, false, err
	}
	select {
	case got := <-call.got:
		return got.worker, got.warm, got.err
	case <-ctx.Done():
	}
	if p.forget(call) {
		return w, false, context.Cause(ctx)
	}
	got := <-call.got // it was given a worker at the same moment
	return got.worker, got.warm, got.err
}

func (p *Pool[K, W]) enqueue(ctx context.Context, key K) (*waiter[K, W], error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, ErrClosed
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	p.ticket++
	call := &waiter[K, W]{line: p.line(key), ticket: p.ticket, got: make(chan taken[W], 1)}
	p.queue = append(p.queue, call)
	p.hand()
	if len(p.queue) > p.cfg.Queue { // only now: a call that is served at once never waits
		p.queue = p.queue[:len(p.queue)-1]
		return nil, ErrFull
	}
	p.step()
	return call, nil
}

// Done gives back a worker that served its call, to be stopped. It returns at
// once. To be called after the reply: what it sets off takes time from others.
func (p *Pool[K, W]) Done(w W) { p.giveBack(w, false) }

// Lost gives back a worker that was dead when it was taken. The caller may Take
// again.
func (p *Pool[K, W]) Lost(w W) { p.giveBack(w, true) }

func (p *Pool[K, W]) giveBack(w W, lost bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line, ok := p.running[w]
	if !ok {
		return // Close has stopped it
	}
	delete(p.running, w)
	line.quiet = time.Time{}
	if lost {
		line.stats.lost++
		line.backoff.failed(time.Now())
	}
	p.used = append(p.used, used[K, W]{w, true})
	p.step()
}

// line returns the key's, a new one if need be.
func (p *Pool[K, W]) line(key K) *line[K, W] {
	l, ok := p.keys[key]
	if !ok {
		l = &line[K, W]{key: key, want: p.cfg.Size}
		p.keys[key] = l
		p.order = append(p.order, l)
	}
	return l
}

// forget takes a call out of the queue; false if it was served meanwhile.
func (p *Pool[K, W]) forget(call *waiter[K, W]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.queue {
		if other == call {
			p.queue = append(p.queue[:i:i], p.queue[i+1:]...)
			p.step()
			return true
		}
	}
	return false
}
