package oneshot

import (
	"context"
	"errors"
	"io/fs"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
)

// Status tells what the records say, and the calls that this process runs.
func (s *Server[K]) Status(ctx context.Context, functions ...string) ([]sdk.FunctionStatus, error) {
	if len(functions) == 0 {
		var err error
		if functions, err = s.records.Names(); err != nil {
			return nil, sdk.Errorf(sdk.Unavailable, "reading the records: %w", err)
		}
	}
	states := make([]sdk.FunctionStatus, 0, len(functions))
	for _, name := range functions {
		r, err := s.records.Get(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		states = append(states, s.state(name, r, err))
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
		Running: s.running.of(name), Observed: s.cfg.Now(),
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
