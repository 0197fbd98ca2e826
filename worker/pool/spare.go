package pool

import "time"

// wait adds a ready worker to those that wait.
func (p *Pool[K, W]) wait(l *line[K, W], w W) {
	if p.closed {
		p.used = append(p.used, used[K, W]{worker: w})
		return
	}
	p.ticket++
	s := &spare[W]{worker: w, ticket: p.ticket, taken: make(chan struct{})}
	l.waiting = append(l.waiting, s)
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

// bury takes a worker that died while it waited out of the pool.
func (p *Pool[K, W]) bury(l *line[K, W], dead *spare[W]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, s := range l.waiting {
		if s == dead {
			l.waiting = append(l.waiting[:i:i], l.waiting[i+1:]...)
			l.stats.lost++
			l.backoff.failed(time.Now())
			p.used = append(p.used, used[K, W]{worker: s.worker})
			p.step()
			return
		}
	}
}
