package local

import (
	"context"
	"fmt"

	"github.com/fnhost/fn/sdk"
)

// Pool tells which workers wait.
func (c *Component) Pool(context.Context) ([]sdk.PoolEntry, error) {
	stats := c.workers.pool.Stats()
	entries := make([]sdk.PoolEntry, 0, len(stats))
	for _, s := range stats {
		e := sdk.PoolEntry{
			Runtime: s.Key.Language, Warm: s.Warm, Starting: s.Starting, Running: s.Running, Want: s.Want,
			HitRate: -1, Refill: s.Refill, Why: fmt.Sprintf("warm = %d in the settings", s.Want),
		}
		if calls := s.Hits + s.Misses; calls > 0 {
			e.HitRate = float64(s.Hits) / float64(calls)
		}
		if s.Want == 0 && c.settings.Warm > 0 {
			e.Why = "replaced by another interpreter than " + s.Key.Interpreter
		}
		if s.Queued > 0 {
			e.Why += fmt.Sprintf("; %d calls wait", s.Queued)
		}
		if s.Failed > 0 {
			e.Why += fmt.Sprintf("; %d starts failed", s.Failed)
		}
		if s.Lost > 0 {
			e.Why += fmt.Sprintf("; %d died waiting", s.Lost)
		}
		entries = append(entries, e)
	}
	return entries, nil
}
