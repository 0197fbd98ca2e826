package pool

import (
	"runtime"
	"time"
)

// step does everything that the state of the pool allows now: give workers to
// calls, drop what is too many, begin starts and stops. It is called after every
// change, with the lock held, and never blocks.
func (p *Pool[K, W]) step() {
	p.hand()
	p.trim()
	for p.jobs < p.parallel() {
		l := p.next()
		switch {
		case l != nil && (len(p.queue) > 0 && len(p.used) < p.cfg.Parallel || len(p.used) == 0):
			p.start(l)
		case len(p.used) > 0:
			p.stop()
		default:
			p.stepLater()
			return
		}
	}
}

// parallel is how many starts and stops may be under way now.
func (p *Pool[K, W]) parallel() int {
	if len(p.queue) > 0 && p.slots() > 0 || p.closed {
		return max(p.cfg.Parallel, runtime.NumCPU())
	}
	return p.cfg.Parallel
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

// hand gives waiting workers to waiting calls, the oldest call first.
func (p *Pool[K, W]) hand() {
	slots, rest, now := p.slots(), p.queue[:0], time.Now()
	for _, call := range p.queue {
		l := call.line
		if slots <= 0 || len(l.waiting) == 0 {
			rest = append(rest, call)
			continue
		}
		s := l.waiting[0]
		l.waiting = l.waiting[1:]
		close(s.taken)
		p.running[s.worker] = l
		l.backoff = backoff{}
		l.hush(now)
		warm := s.ticket < call.ticket
		l.stats.taken(warm)
		call.got <- taken[W]{worker: s.worker, warm: warm}
		slots--
	}
	clear(p.queue[len(rest):])
	p.queue = rest
}

// next returns the line a worker should be started for, nil for none.
func (p *Pool[K, W]) next() *line[K, W] {
	if p.closed {
		return nil
	}
	// A call is worth an attempt even where the last one failed. Calls beyond
	// the limit of running workers could not use one.
	covered := map[*line[K, W]]int{}
	slots := p.slots()
	for i, call := range p.queue {
		if i >= slots {
			break
		}
		if covered[call.line]++; covered[call.line] > call.line.starting+len(call.line.waiting) {
			return call.line
		}
	}
	if len(p.queue) > 0 && slots > 0 {
		return nil // what is being started is for calls: leave it the cores
	}
	return p.furthestUnder(time.Now())
}
