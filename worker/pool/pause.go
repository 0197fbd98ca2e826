package pool

import "time"

const (
	firstPause = 100 * time.Millisecond
	longPause  = 30 * time.Second
)

// backoff is how long a line rests after workers failed, one after the other.
type backoff struct {
	pause time.Duration
	until time.Time
}

func (b *backoff) failed(now time.Time) {
	b.pause = min(max(firstPause, 2*b.pause), longPause)
	b.until = now.Add(b.pause)
}

const (
	shortHush = 4 * time.Millisecond
	longHush  = 20 * time.Millisecond
)

// hushTime is how long the refill of a worker just taken is put off, so that it
// does not compete with a short call; Done ends it earlier. A start that takes
// long would disturb for long and is not much later for it; one of 2 ms hardly
// disturbs and must not be ten times later. So it is twice the start, but no
// less than a short call takes and no more than Hush.
func (p *Pool[K, W]) hushTime(boot time.Duration) time.Duration {
	if boot == 0 {
		boot = longHush // not known
	}
	return max(0, min(max(2*boot, shortHush), p.cfg.Hush))
}

// hush puts the line's refill off. Calls that keep coming do not prolong it.
func (p *Pool[K, W]) hush(l *line[K, W], now time.Time) {
	if !l.quiet.After(now) {
		l.quiet = now.Add(l.demand.Delay)
	}
}

// refillAt is the earliest time for a start that no call waits for.
func (l *line[K, W]) refillAt() time.Time {
	if l.quiet.After(l.backoff.until) {
		return l.quiet
	}
	return l.backoff.until
}

// stepLater sees to it that a refill which has to wait is not forgotten, and
// that sizes follow when calls stay away.
func (p *Pool[K, W]) stepLater() {
	if p.later != nil {
		p.later.Stop()
	}
	if p.closed {
		return
	}
	now, first := time.Now(), time.Duration(-1)
	for _, l := range p.order {
		wait := l.refillAt().Sub(now)
		if p.lacks(l) == 0 || wait <= 0 {
			if wait = resizeEvery; l.retired || l.demand.Silent(p.sized) {
				continue // its size is what it stays
			}
		}
		if first < 0 || wait < first {
			first = wait
		}
	}
	if first < 0 {
		return
	}
	p.later = time.AfterFunc(first, p.tick)
}

func (p *Pool[K, W]) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	now := time.Now()
	if now.Sub(p.sized) >= resizeEvery {
		for _, l := range p.order {
			if len(l.waiting) > 0 && now.Sub(l.measured) >= measureEvery {
				p.measure(l, l.waiting[0].worker, now)
			}
		}
		p.resize(now)
	}
	p.step()
}
