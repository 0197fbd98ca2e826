package pool

import "time"

// hand gives waiting workers to waiting calls, the oldest call first.
func (p *Pool[K, W]) hand() {
	slots, rest, now := p.slots(), p.queue[:0], time.Now()
	for _, call := range p.queue {
		l := p.best(call)
		if slots <= 0 || len(l.waiting) == 0 {
			rest = append(rest, call)
			continue
		}
		if !p.fits(l, call) {
			// Nobody overtakes a call that waits for memory, or small calls
			// would keep a large one waiting for ever.
			slots = 0
			rest = append(rest, call)
			continue
		}
		p.give(call, l, now)
		slots--
	}
	clear(p.queue[len(rest):])
	p.queue = rest
}

// give hands the worker that has waited longest to a call.
func (p *Pool[K, W]) give(call *waiter[K, W], l *line[K, W], now time.Time) {
	s := l.waiting[0]
	l.waiting = l.waiting[1:]
	close(s.taken)
	bytes := l.charge(call)
	p.running[s.worker] = lease[K, W]{l, bytes}
	p.busy += bytes
	l.backoff = backoff{}
	p.hush(l, now)
	warm := s.ticket < call.ticket
	for _, key := range call.keys {
		other, ok := p.keys[key]
		if other == l {
			break
		}
		if ok {
			other.stats.taken(false)
		}
	}
	l.stats.taken(warm)
	call.got <- answer[K, W]{Given: Given[K, W]{s.worker, l.key, warm}}
}

// slots is how many more workers may be handed out now.
func (p *Pool[K, W]) slots() int {
	stopping := p.stops
	for _, u := range p.used {
		if u.ran {
			stopping++
		}
	}
	return p.cfg.MaxRunning - len(p.running) - stopping
}
