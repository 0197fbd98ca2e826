package local

import (
	"context"
	"fmt"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/pool"
)

// Pool tells which workers wait.
func (c *Component) Pool(context.Context) ([]sdk.PoolEntry, error) {
	stats := c.workers.pool.Stats()
	entries := make([]sdk.PoolEntry, 0, len(stats))
	for _, s := range stats {
		e := sdk.PoolEntry{
			Runtime: c.workers.runtime(s.Key), Function: s.Key.function, Warm: s.Warm, Starting: s.Starting, Running: s.Running, Want: s.Want,
			HitRate: -1, Refill: s.Refill, Why: c.why(s),
		}
		if calls := s.Hits + s.Misses; calls > 0 {
			e.HitRate = float64(s.Hits) / float64(calls)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// why explains the size in words, and what keeps the pool from it.
func (c *Component) why(s pool.Stats[key]) string {
	least := fmt.Sprintf("warm = %d in the settings", s.Bounds.Min)
	most := fmt.Sprintf("warm_max = %d in the settings", s.Bounds.Max)
	why := s.Words(c.workers.runtime(s.Key), least, most, least)
	switch {
	case s.Key.specialised():
		pinned := fmt.Sprintf("pinned by warm = %d in fn.toml", s.Bounds.Min)
		why = s.Words("the function", pinned, pinned, pinned)
	case s.Rule == pool.Retired:
		why = c.workers.replaced(s.Key.Kind)
	}
	why += differs(s.Key.Kind)
	if s.Queued > 0 {
		why += fmt.Sprintf("; %d calls wait", s.Queued)
	}
	if s.Failed > 0 {
		why += fmt.Sprintf("; %d starts failed", s.Failed)
		if s.Failure != nil {
			why += ", the last one: " + failure(s.Failure).Error()
		}
	}
	if s.Lost > 0 {
		why += fmt.Sprintf("; %d died waiting", s.Lost)
	}
	return why
}
