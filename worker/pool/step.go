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
	p.refuse()
	if room := p.room(); room.Bytes < p.asked || p.cut() {
		p.resize(time.Now())
	}
	p.trim()
	for p.jobs < p.parallel() {
		l := p.next()
		switch {
		// A worker that is missing is worth more than one that is gone, as long
		// as those to be stopped do not pile up.
		case l != nil && len(p.used) <= p.cfg.Parallel:
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

// next returns the line a worker should be started for, nil for none.
func (p *Pool[K, W]) next() *line[K, W] {
	if p.closed {
		return nil
	}
	if l, waits := p.uncovered(); waits {
		return l
	}
	// Every call that waits has its start. A core that is left goes to a refill:
	// whoever calls as fast as workers start would else never find one.
	return p.furthestUnder(time.Now())
}

// uncovered returns the line of the oldest call that no worker is being started
// for. Where that call has to wait for memory there is no line, and no refill
// may take what is freed for it.
func (p *Pool[K, W]) uncovered() (l *line[K, W], waits bool) {
	// A call is worth an attempt even where the last one failed. Calls beyond
	// the limit of running workers could not use one.
	covered := map[*line[K, W]]int{}
	slots := p.slots()
	for i, call := range p.queue {
		if i >= slots {
			break
		}
		l := call.last
		if covered[l]++; covered[l] <= l.starting+len(l.waiting) {
			continue
		}
		if !p.startable(l) {
			return nil, true
		}
		return l, true
	}
	return nil, false
}
