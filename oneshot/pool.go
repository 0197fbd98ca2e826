package oneshot

import (
	"context"
	"fmt"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/pool"
)

// Pool tells which workers wait.
func (s *Server[K]) Pool(context.Context) ([]sdk.PoolEntry, error) {
	stats := s.workers.pool.Stats()
	entries := make([]sdk.PoolEntry, 0, len(stats))
	for _, stat := range stats {
		e := sdk.PoolEntry{
			Runtime: s.workers.runtime(stat.Key), Function: stat.Key.function, Warm: stat.Warm, Starting: stat.Starting, Running: stat.Running, Want: stat.Want,
			HitRate: -1, Refill: stat.Refill, Why: s.workers.why(stat),
		}
		if calls := stat.Hits + stat.Misses; calls > 0 {
			e.HitRate = float64(stat.Hits) / float64(calls)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// why explains the size in words, and what keeps the pool from it.
func (w *workers[K]) why(s pool.Stats[key[K]]) string {
	least := fmt.Sprintf("warm = %d in the settings", s.Bounds.Min)
	most := fmt.Sprintf("warm_max = %d in the settings", s.Bounds.Max)
	why := s.Words(w.runtime(s.Key), least, most, least)
	switch {
	case s.Key.specialised():
		pinned := fmt.Sprintf("pinned by warm = %d in fn.toml", s.Bounds.Min)
		why = s.Words("the function", pinned, pinned, pinned)
	case s.Rule == pool.Retired:
		why = w.replaced(s.Key.kind)
	}
	why += s.Key.kind.Differs()
	if s.Queued > 0 {
		why += fmt.Sprintf("; %d calls wait", s.Queued)
	}
	if s.Failed > 0 {
		why += fmt.Sprintf("; %d starts failed", s.Failed)
		if s.Failure != nil {
			why += ", the last one: " + Failure(s.Failure).Error()
		}
	}
	if s.Lost > 0 {
		why += fmt.Sprintf("; %d died waiting", s.Lost)
	}
	return why
}
