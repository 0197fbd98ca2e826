package pool

import "time"

// This file decides how many workers of a key ought to wait, and which key is
// refilled first. Today the number is fixed: Config.Size, or what Want said.

// hushTime is how long the refill of a worker just taken is put off, so that it
// does not compete with a short call. Done ends it earlier.
const hushTime = 20 * time.Millisecond

// Want sets how many workers of the key ought to wait. 0 lets those that wait
// go and, once nothing of it is left, forgets the key with its statistics.
func (p *Pool[K, W]) Want(key K, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	l := p.line(key)
	l.want, l.retired = max(0, n), n <= 0
	p.step()
}

// furthestUnder returns the line that lacks the largest share of its size and
// may be started now, nil for none.
func (p *Pool[K, W]) furthestUnder(now time.Time) (most *line[K, W]) {
	var largest float64
	for _, l := range p.order {
		if share := p.lacks(l); share > largest && !now.Before(l.refillAt()) {
			most, largest = l, share
		}
	}
	return most
}

// lacks is the share of its size that a line is short of, 0 to 1 and more if
// calls will take what is there.
func (p *Pool[K, W]) lacks(l *line[K, W]) float64 {
	if l.want == 0 {
		return 0
	}
	short := l.want - len(l.waiting) - l.starting
	return max(0, float64(short)/float64(l.want))
}

// trim lets go what waits beyond its size and forgets retired keys.
func (p *Pool[K, W]) trim() {
	kept := p.order[:0]
	for _, l := range p.order {
		queued := p.queued(l)
		for len(l.waiting) > l.want+queued {
			p.drop(l)
		}
		if l.retired && len(l.waiting)+l.starting+queued+p.handedOut(l) == 0 {
			delete(p.keys, l.key)
			continue
		}
		kept = append(kept, l)
	}
	clear(p.order[len(kept):])
	p.order = kept
}

// drop lets the worker go that has waited for the shortest time.
func (p *Pool[K, W]) drop(l *line[K, W]) {
	last := len(l.waiting) - 1
	s := l.waiting[last]
	l.waiting = l.waiting[:last]
	close(s.taken)
	p.used = append(p.used, used[K, W]{worker: s.worker})
}

func (p *Pool[K, W]) queued(l *line[K, W]) (n int) {
	for _, call := range p.queue {
		if call.line == l {
			n++
		}
	}
	return n
}

func (p *Pool[K, W]) handedOut(l *line[K, W]) (n int) {
	for _, other := range p.running {
		if other == l {
			n++
		}
	}
	return n
}
