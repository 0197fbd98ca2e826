package pool

import "time"

// measureEvery is how often the memory of a key's workers is looked at.
const measureEvery = 5 * time.Second

// wait adds a ready worker to those that wait.
func (p *Pool[K, W]) wait(l *line[K, W], w W) {
	if p.closed {
		p.discard(l, w)
		return
	}
	p.ticket++
	s := &spare[W]{worker: w, ticket: p.ticket, taken: make(chan struct{})}
	l.waiting = append(l.waiting, s)
	if now := time.Now(); now.Sub(l.measured) >= measureEvery {
		p.measure(l, w, now)
	}
	if p.cfg.Dead == nil {
		return
	}
	go func() {
		select {
		case <-s.taken:
		case <-p.cfg.Dead(w):
			p.bury(l, s)
		}
	}()
}

// measure finds out, aside, what a worker of the line holds.
func (p *Pool[K, W]) measure(l *line[K, W], w W, now time.Time) {
	l.measured = now
	if p.cfg.Measure == nil {
		return
	}
	go func() {
		bytes := p.cfg.Measure(w)
		p.mu.Lock()
		defer p.mu.Unlock()
		if bytes > 0 && !p.closed {
			l.demand.Size = bytes
			p.resize(time.Now())
			p.step()
		}
	}()
}

// bury takes a worker that died while it waited out of the pool.
func (p *Pool[K, W]) bury(l *line[K, W], dead *spare[W]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, s := range l.waiting {
		if s == dead {
			l.waiting = append(l.waiting[:i:i], l.waiting[i+1:]...)
			l.stats.lost++
			l.backoff.failed(time.Now())
			p.discard(l, s.worker)
			p.step()
			return
		}
	}
}
