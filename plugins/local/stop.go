package local

import (
	"context"
	"errors"
	"io/fs"

	"github.com/fnhost/fn/plugins/local/record"
	"github.com/fnhost/fn/sdk"
)

// Stop marks the function's record. Running calls end by themselves.
func (c *Component) Stop(ctx context.Context, function string) error {
	return known(function, c.records.Stop(function, c.Now()))
}

// Remove forgets the function and what it printed.
func (c *Component) Remove(ctx context.Context, function string) error {
	return errors.Join(c.records.Delete(function), c.logs.remove(function))
}

// admit returns the record of a function that may be called.
func (c *Component) admit(f sdk.Function) error {
	r, err := c.records.Get(f.Name)
	switch {
	case err != nil:
		return known(f.Name, err)
	case r.IsStopped():
		return sdk.Errorf(sdk.Conflict, "the function %s is stopped", f.Name).WithHint("fn deploy %s", f.Name)
	case !r.Serves(f):
		return sdk.Errorf(sdk.NotFound, "version %d of the function %s is not deployed, version %d is",
			f.Version, f.Name, r.Version).WithHint("fn deploy %s", f.Name)
	}
	return nil
}

// known explains the error of looking at a record.
func known(function string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return sdk.Errorf(sdk.NotFound, "the function %s is not deployed", function).WithHint("fn deploy %s", function)
	}
	return err
}

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
