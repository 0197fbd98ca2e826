package oneshot

import (
	"context"
	"errors"
	"io/fs"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
)

// Status tells what the records say, what the backend knows of what they need, and
// the calls that this process runs.
func (s *Server[K]) Status(ctx context.Context, functions ...string) ([]sdk.FunctionStatus, error) {
	if len(functions) == 0 {
		var err error
		if functions, err = s.records.Names(); err != nil {
			return nil, sdk.Errorf(sdk.Unavailable, "reading the records: %w", err)
		}
	}
	states := make([]sdk.FunctionStatus, 0, len(functions))
	known := make([]record.Record, 0, len(functions))
	for _, name := range functions {
		r, err := s.records.Get(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		states = append(states, s.state(name, r, err))
		known = append(known, r)
	}
	for i, condition := range s.backend.Conditions(ctx, known) {
		states[i] = under(condition, states[i])
	}
	return states, nil
}

// Records are those of all functions that are deployed, but for damaged ones.
func (s *Server[K]) Records() (all []record.Record, err error) {
	names, err := s.records.Names()
	if err != nil {
		return nil, sdk.Errorf(sdk.Unavailable, "reading the records: %w", err)
	}
	for _, name := range names {
		if r, err := s.records.Get(name); err == nil {
			all = append(all, r)
		}
	}
	return all, nil
}

func (s *Server[K]) state(name string, r record.Record, err error) sdk.FunctionStatus {
	state := sdk.FunctionStatus{
		Name: name, State: sdk.StateDeployed, Version: r.Version,
		Running: s.running.of(name), Observed: s.cfg.Now(), Workers: s.workers.roster.of(name),
	}
	switch {
	case err != nil:
		state.State, state.Reason = sdk.StateFailed, err.Error()
	case r.IsStopped():
		state.State, state.Reason = sdk.StateStopped, "stopped at "+r.Stopped.Format("2006-01-02 15:04:05 MST")
	case state.Running > 0:
		state.State = sdk.StateRunning
	}
	return state
}

// under is a state where a condition holds. One that needs a deploy is what it is.
func under(c Condition, state sdk.FunctionStatus) sdk.FunctionStatus {
	if state.State == sdk.StateStopped || state.State == sdk.StateFailed {
		return state
	}
	if state.Reason = c.Reason; c.Unknown {
		state.State = sdk.StateUnknown
	}
	return state
}

// begin counts a call until the returned function is called.
func (s *Server[K]) begin(function string) (end func()) {
	over := s.running.begin(function)
	s.Changed()
	return func() {
		over()
		s.Changed()
	}
}
