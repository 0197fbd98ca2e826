package pool

import (
	"slices"
	"time"
)

// Stats is what is known of one key.
type Stats[K comparable] struct {
	Key      K
	Want     int // workers that ought to wait
	Warm     int // workers that wait
	Starting int
	Running  int // workers handed out
	Queued   int // calls that wait

	Hits   int // calls that found a waiting worker
	Misses int // calls that had to wait for one
	Failed int // starts that failed
	Lost   int // workers that died before they were used

	// Refill is the median time of the last 32 starts; 0 before the first.
	Refill time.Duration
}

// Stats returns the state of every key, in order of first use.
func (p *Pool[K, W]) Stats() []Stats[K] {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Stats[K], 0, len(p.order))
	for _, l := range p.order {
		c := &l.stats
		all = append(all, Stats[K]{
			Key: l.key, Want: l.want, Warm: len(l.waiting), Starting: l.starting,
			Running: p.handedOut(l), Queued: p.queued(l),
			Hits: c.hits, Misses: c.misses, Failed: c.fails, Lost: c.lost, Refill: c.refill(),
		})
	}
	return all
}

// counters are what a line remembers.
type counters struct {
	hits, misses, fails, lost int

	took [32]time.Duration // the last starts
	n    int               // starts ever
}

func (c *counters) taken(warm bool) {
	if warm {
		c.hits++
	} else {
		c.misses++
	}
}

func (c *counters) started(took time.Duration) {
	c.took[c.n%len(c.took)] = took
	c.n++
}

func (c *counters) refill() time.Duration {
	known := slices.Clone(c.took[:min(c.n, len(c.took))])
	if len(known) == 0 {
		return 0
	}
	slices.Sort(known)
	return known[len(known)/2]
}
