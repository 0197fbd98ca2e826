package pool

import "time"

// resizeEvery is how often the policy is asked while calls come that change
// nothing at once: what they outweigh changes slowly.
const resizeEvery = 5 * time.Second

// Keep sets how many workers of the key ought to wait at least and at most. With
// both the same the key is pinned: it keeps that many whatever the calls do.
func (p *Pool[K, W]) Keep(key K, b Bounds) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	l := p.line(key)
	l.demand.Bounds, l.retired = b, false
	p.resize(time.Now())
	p.step()
}

// Retire lets the workers of the key that wait go and, once nothing of it is
// left, forgets the key with its statistics.
func (p *Pool[K, W]) Retire(key K) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l, ok := p.keys[key]; ok && !p.closed {
		l.retired = true
		p.resize(time.Now())
		p.step()
	}
}

// resize asks the policy how many workers of each key ought to wait.
func (p *Pool[K, W]) resize(now time.Time) {
	demands := make([]*Demand, 0, len(p.order))
	lines := make([]*line[K, W], 0, len(p.order))
	for _, l := range p.order {
		if l.retired {
			l.want, l.reason = 0, Reason{Rule: Retired}
			continue
		}
		demands, lines = append(demands, &l.demand), append(lines, l)
	}
	p.sized, p.asked = now, 0
	for i, size := range p.cfg.Policy.Sizes(now, demands, p.room()) {
		lines[i].want, lines[i].reason = size.Want, size.Reason
		p.asked += int64(size.Asked) * lines[i].demand.Size
	}
}

// cut tells whether some key has less than its policy would give it.
func (p *Pool[K, W]) cut() bool {
	for _, l := range p.order {
		if l.want < l.reason.Asked {
			return true
		}
	}
	return false
}

// furthestUnder returns the line that lacks the largest share of its size and
// may be started now, nil for none.
func (p *Pool[K, W]) furthestUnder(now time.Time) (most *line[K, W]) {
	var largest float64
	for _, l := range p.order {
		if p.isAside(l) && p.jobs+p.aside >= p.cfg.Parallel {
			continue
		}
		if share := p.lacks(l); share > largest && !now.Before(l.refillAt()) && p.startable(l) {
			most, largest = l, share
		}
	}
	return most
}

// lacks is the share of its size that a line is short of, 0 to 1, and more if
// calls will take what is being started.
func (p *Pool[K, W]) lacks(l *line[K, W]) float64 {
	if l.want == 0 {
		return 0
	}
	short := l.want + p.queued(l) - len(l.waiting) - l.starting
	return max(0, float64(short)/float64(l.want))
}

// trim lets go what waits beyond its size and forgets retired keys.
func (p *Pool[K, W]) trim() {
	kept, starved := p.order[:0], p.starved()
	for _, l := range p.order {
		queued := p.queued(l)
		promised := queued
		if starved {
			promised = 0
			if p.best(p.queue[0]) == l {
				promised = 1
			}
		}
		for len(l.waiting) > l.want+promised {
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
	p.discard(l, s.worker)
}

// discard has a worker that was never handed out stopped.
func (p *Pool[K, W]) discard(l *line[K, W], w W) {
	p.busy += l.demand.Size
	p.used = append(p.used, used[W]{worker: w, bytes: l.demand.Size})
}

// queued is how many calls wait for a worker of the line to be started.
func (p *Pool[K, W]) queued(l *line[K, W]) (n int) {
	for _, call := range p.queue {
		if call.last == l {
			n++
		}
	}
	return n
}

func (p *Pool[K, W]) handedOut(l *line[K, W]) (n int) {
	for _, lease := range p.running {
		if lease.line == l {
			n++
		}
	}
	return n
}
