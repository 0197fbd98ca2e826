package oneshot

import (
	"context"
	"time"

	"github.com/fnhost/fn/sdk"
)

// settle is how long after a change it is told, with all that came meanwhile, so
// that thousands of calls cost little. What another did because of the change, such
// as the host that had a function deployed, is done by then.
const settle = 250 * time.Millisecond

// Watch tells the state of all functions at once and again after each change.
func (s *Server[K]) Watch(ctx context.Context, each func(sdk.Observation) error) error {
	changed, end := s.changes.follow()
	defer end()
	for {
		at := s.cfg.Now()
		states, err := s.Status(ctx)
		if err == nil {
			err = each(sdk.Observation{At: at, Functions: states})
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(settle):
		}
	}
}

// Changed has those who watch told soon: what the backend knows of functions, see
// Condition, is different now.
func (s *Server[K]) Changed() { s.changes.note() }
