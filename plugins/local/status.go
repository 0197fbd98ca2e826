package local

import (
	"context"
	"errors"
	"io/fs"

	"github.com/fnhost/fn/plugins/local/record"
	"github.com/fnhost/fn/sdk"
)

// Status tells what the records say, and the calls that this process runs.
func (c *Component) Status(ctx context.Context, functions ...string) ([]sdk.FunctionStatus, error) {
	if len(functions) == 0 {
		var err error
		if functions, err = c.records.Names(); err != nil {
			return nil, sdk.Errorf(sdk.Unavailable, "reading the records: %w", err)
		}
	}
	states := make([]sdk.FunctionStatus, 0, len(functions))
	for _, name := range functions {
		r, err := c.records.Get(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		states = append(states, c.state(name, r, err))
	}
	return states, nil
}

func (c *Component) state(name string, r record.Record, err error) sdk.FunctionStatus {
	s := sdk.FunctionStatus{
		Name: name, State: sdk.StateDeployed, Version: r.Version,
		Running: c.running.of(name), Observed: c.Now(),
	}
	switch {
	case err != nil:
		s.State, s.Reason = sdk.StateFailed, err.Error()
	case r.IsStopped():
		s.State, s.Reason = sdk.StateStopped, "stopped at "+r.Stopped.Format("2006-01-02 15:04:05 MST")
	case s.Running > 0:
		s.State = sdk.StateRunning
	}
	return s
}
