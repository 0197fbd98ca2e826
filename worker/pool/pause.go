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

// hush puts the line's refill off. Calls that keep coming do not prolong it.
func (l *line[K, W]) hush(now time.Time) {
	if !l.quiet.After(now) {
		l.quiet = now.Add(hushTime)
	}
}

// refillAt is the earliest time for a start that no call waits for.
func (l *line[K, W]) refillAt() time.Time {
	if l.quiet.After(l.backoff.until) {
		return l.quiet
	}
	return l.backoff.until
}

// stepLater sees to it that a refill which has to wait is not forgotten.
func (p *Pool[K, W]) stepLater() {
	if p.later != nil {
		p.later.Stop()
	}
	if p.closed {
		return
	}
	now, first := time.Now(), time.Duration(-1)
	for _, l := range p.order {
		if wait := l.refillAt().Sub(now); p.lacks(l) > 0 && wait > 0 && (first < 0 || wait < first) {
			first = wait
		}
	}
	if first < 0 {
		return
	}
	p.later = time.AfterFunc(first, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.step()
	})
}
