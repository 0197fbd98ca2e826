package pool

import "time"

// start begins the start of one worker.
func (p *Pool[K, W]) start(l *line[K, W]) {
	under := &p.jobs
	if p.isAside(l) {
		under = &p.aside
	}
	*under++
	l.starting++
	go func() {
		began := time.Now()
		w, err := p.cfg.Start(p.ctx, l.key)
		took := time.Since(began)

		p.mu.Lock()
		defer p.mu.Unlock()
		*under--
		l.starting--
		if err != nil {
			l.stats.fails++
			l.stats.failure = err
			l.backoff.failed(time.Now())
			p.fail(l, err)
		} else {
			l.stats.failure = nil
			l.demand.Booted(took)
			l.demand.Delay = p.hushTime(l.demand.Boot())
			p.wait(l, w)
		}
		p.ended()
	}()
}

func (p *Pool[K, W]) isAside(l *line[K, W]) bool { return p.cfg.Aside != nil && p.cfg.Aside(l.key) }

// fail tells the oldest call that waits for the line why it gets no worker.
func (p *Pool[K, W]) fail(l *line[K, W], err error) {
	for i, call := range p.queue {
		if call.last == l {
			p.queue = append(p.queue[:i:i], p.queue[i+1:]...)
			call.got <- answer[K, W]{err: err}
			return
		}
	}
}

// stop begins the stop of the worker that was given back first.
func (p *Pool[K, W]) stop() {
	u := p.used[0]
	p.used = p.used[1:]
	p.jobs++
	if u.ran {
		p.stops++
	}
	go func() {
		p.cfg.Stop(u.worker)

		p.mu.Lock()
		defer p.mu.Unlock()
		p.jobs--
		p.busy -= u.bytes
		if u.ran {
			p.stops--
		}
		p.ended()
	}()
}

// ended goes on after a start or stop.
func (p *Pool[K, W]) ended() {
	p.step()
	close(p.idle)
	p.idle = make(chan struct{})
}
