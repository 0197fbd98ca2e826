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
	running map[W]lease[K, W] // handed out
	used    []used[W]         // given back, to be stopped
	busy    int64             // bytes of what is handed out, to be stopped and being stopped
	jobs    int               // starts and stops under way
	aside   int               // starts under way that hold no others up
	stops   int               // of them, stops of workers that were handed out
	ticket  int               // numbers calls and spares as they arrive
	sized   time.Time         // when the policy was asked last
	asked   int64             // bytes of what it would keep, were there room
	closed  bool
	idle    chan struct{} // closed and replaced when something ended
	later   *time.Timer   // does the next step that time alone allows
}

// A line is the state of one key.
type line[K, W comparable] struct {
	key      K
	demand   Demand
	want     int // workers that ought to wait
	reason   Reason
	waiting  []*spare[W]
	starting int
	retired  bool // to be forgotten when nothing of it is left
	measured time.Time
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

// A lease is a worker handed out.
type lease[K, W comparable] struct {
	line  *line[K, W]
	bytes int64
}

type used[W comparable] struct {
	worker W
	bytes  int64
	ran    bool // it was handed out, so it counts as running until stopped
}

// A Need is what a call wants of the pool.
type Need[K comparable] struct {
	// Keys can serve the call, the best first; at least one. For the last of them a worker is
	// started if none waits; the others count only where Keep has made them.
	Keys []K
	// Memory is what the call may use, in bytes.
	Memory int64
}

// Given is a worker for one call, to be given back by Done or Lost.
type Given[K, W comparable] struct {
	Worker W
	Key    K    // of the worker
	Warm   bool // it waited when the call came
}

// A waiter is a call without a worker.
type waiter[K, W comparable] struct {
	keys   []K         // the best first
	last   *line[K, W] // of the last of them: a worker is started for it
	memory int64
	ticket int
	got    chan answer[K, W] // buffered: giving never blocks
}

type answer[K, W comparable] struct {
	Given[K, W]
	err error
}

// best is the first line of a call that a worker waits in, else the last.
func (p *Pool[K, W]) best(call *waiter[K, W]) *line[K, W] {
	for _, key := range call.keys {
		if l, ok := p.keys[key]; ok && len(l.waiting) > 0 {
			return l
		}
	}
	return call.last
}

// New returns an empty pool. Keys come into being by Take and Keep.
func New[K, W comparable](cfg Config[K, W]) *Pool[K, W] {
	cfg.setDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	return &Pool[K, W]{
		cfg: cfg, ctx: ctx, cancel: cancel,
		keys: map[K]*line[K, W]{}, running: map[W]lease[K, W]{}, idle: make(chan struct{}),
	}
}

// Take returns a worker for one call: one that waits (warm), or else the next
// one to become ready. The error is ErrFull, ErrMemory, ErrClosed, the
// context's, or that of the start.
func (p *Pool[K, W]) Take(ctx context.Context, need Need[K]) (Given[K, W], error) {
	call, err := p.enqueue(ctx, need)
	if err != nil {
		return Given[K, W]{}, err
	}
	select {
	case got := <-call.got:
		return got.Given, got.err
	case <-ctx.Done():
	}
	if p.forget(call) {
		return Given[K, W]{}, context.Cause(ctx)
	}
	got := <-call.got // it was given a worker at the same moment
	return got.Given, got.err
}

func (p *Pool[K, W]) enqueue(ctx context.Context, need Need[K]) (*waiter[K, W], error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, ErrClosed
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case p.cfg.Memory > 0 && need.Memory > p.cfg.Memory:
		return nil, ErrMemory
	}
	p.ticket++
	call := &waiter[K, W]{
		keys: need.Keys, last: p.line(need.Keys[len(need.Keys)-1]),
		memory: need.Memory, ticket: p.ticket, got: make(chan answer[K, W], 1),
	}
	p.arrived(call)
	p.queue = append(p.queue, call)
	p.hand()
	if len(p.queue) > p.cfg.Queue { // only now: a call that is served at once never waits
		p.queue = p.queue[:len(p.queue)-1]
		return nil, ErrFull
	}
	p.step()
	return call, nil
}

// arrived tells the policy of a call.
func (p *Pool[K, W]) arrived(call *waiter[K, W]) {
	l, now := p.best(call), time.Now()
	l.demand.Arrived(now)
	if l.demand.Peak(now) > l.want || now.Sub(p.sized) > resizeEvery {
		p.resize(now)
	}
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
	was, ok := p.running[w]
	if !ok {
		return // Close has stopped it
	}
	delete(p.running, w)
	was.line.quiet = time.Time{}
	if lost {
		was.line.stats.lost++
		was.line.backoff.failed(time.Now())
	}
	p.used = append(p.used, used[W]{w, was.bytes, true})
	p.step()
}

// line returns the key's, a new one if need be.
func (p *Pool[K, W]) line(key K) *line[K, W] {
	l, ok := p.keys[key]
	if !ok {
		l = &line[K, W]{key: key, demand: Demand{Bounds: p.cfg.Bounds, Size: p.cfg.Estimate, Delay: p.hushTime(0)}}
		p.keys[key] = l
		p.order = append(p.order, l)
		p.resize(time.Now())
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
