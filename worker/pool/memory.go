package pool

import "math"

// This file keeps the account of memory. A worker that waits or is being started
// counts with what the last measured one of its key held, one that is handed out
// with what its call may use, until nothing of it is left.

// charge is what a worker of the line counts with while it serves a call.
func (l *line[K, W]) charge(call *waiter[K, W]) int64 { return max(call.memory, l.demand.Size) }

// held is what all workers count with.
func (p *Pool[K, W]) held() int64 {
	sum := p.busy
	for _, l := range p.order {
		sum += int64(len(l.waiting)+l.starting) * l.demand.Size
	}
	return sum
}

// fits tells whether a waiting worker of the line may serve the call now.
func (p *Pool[K, W]) fits(l *line[K, W], call *waiter[K, W]) bool {
	return p.cfg.Memory <= 0 || p.held()-l.demand.Size+l.charge(call) <= p.cfg.Memory
}

// startable tells whether there is memory for one more worker of the line.
func (p *Pool[K, W]) startable(l *line[K, W]) bool {
	return p.cfg.Memory <= 0 || p.held()+l.demand.Size <= p.cfg.Memory
}

// room is what waiting workers may take: what calls leave, and what the oldest
// call that waits will want, if making room helps it at all.
func (p *Pool[K, W]) room() Room {
	room := Room{Slots: math.MaxInt, Bytes: math.MaxInt64}
	if p.cfg.Slots > 0 {
		room.Slots = p.cfg.Slots
	}
	if p.cfg.Memory > 0 {
		room.Bytes = max(0, p.cfg.Memory-p.busy)
		if len(p.queue) > 0 && p.slots() > 0 {
			if need := p.best(p.queue[0]).charge(p.queue[0]); need <= room.Bytes {
				room.Bytes -= need
			}
		}
	}
	return room
}

// starved tells whether the oldest call waits for memory that waiting workers
// hold, those that were kept for calls behind it too.
func (p *Pool[K, W]) starved() bool {
	if p.cfg.Memory <= 0 || len(p.queue) == 0 || p.slots() <= 0 {
		return false
	}
	call := p.queue[0]
	l := p.best(call)
	if l.charge(call) > p.cfg.Memory-p.busy {
		return false // other calls hold it
	}
	if len(l.waiting) > 0 {
		return !p.fits(l, call)
	}
	return l.starting == 0 && !p.startable(l)
}

// refuse fails the oldest call if it could not be served by an empty pool: what
// its worker holds was not known when it came.
func (p *Pool[K, W]) refuse() {
	for len(p.queue) > 0 && p.cfg.Memory > 0 && p.queue[0].last.charge(p.queue[0]) > p.cfg.Memory {
		p.queue[0].got <- answer[K, W]{err: ErrMemory}
		p.queue = p.queue[1:]
	}
}
