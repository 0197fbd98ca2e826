package pool

import "time"

// Stats is what is known of one key.
type Stats[K comparable] struct {
	Key K
	Size
	Bounds   Bounds
	Warm     int // workers that wait
	Starting int
	Running  int   // workers handed out
	Queued   int   // calls that wait
	Bytes    int64 // of one waiting worker

	Hits    int   // calls that found a waiting worker
	Misses  int   // calls that had to wait for one, or take one of another key
	Failed  int   // starts that failed
	Failure error // of the last start, nil if that went well
	Lost    int   // workers that died before they were used

	// Refill is the 90th percentile of the last 32 starts; 0 before the first.
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
			Key: l.key, Size: Size{l.want, l.reason}, Bounds: l.demand.Bounds, Bytes: l.demand.Size,
			Warm: len(l.waiting), Starting: l.starting, Running: p.handedOut(l), Queued: p.queued(l),
			Hits: c.hits, Misses: c.misses, Failed: c.fails, Failure: c.failure, Lost: c.lost,
			Refill: l.demand.Boot(),
		})
	}
	return all
}

// counters are what a line remembers.
type counters struct {
	hits, misses, fails, lost int

	failure error
}

func (c *counters) taken(warm bool) {
	if warm {
		c.hits++
	} else {
		c.misses++
	}
}
