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
	defer c.workers.unload(function)
	return known(function, c.records.Stop(function, c.Now()))
}

// Remove forgets the function and what it printed.
func (c *Component) Remove(ctx context.Context, function string) error {
	defer c.workers.unload(function)
	return errors.Join(c.records.Delete(function), c.logs.remove(function))
}

// admit returns the record of a function that may be called.
func (c *Component) admit(f sdk.Function) (record.Record, error) {
	r, err := c.records.Get(f.Name)
	switch {
	case err != nil:
		return r, known(f.Name, err)
	case r.IsStopped():
		return r, sdk.Errorf(sdk.Conflict, "the function %s is stopped", f.Name).WithHint("fn deploy %s", f.Name)
	case !r.Serves(f):
		return r, sdk.Errorf(sdk.NotFound, "version %d of the function %s is not deployed, version %d is",
			f.Version, f.Name, r.Version).WithHint("fn deploy %s", f.Name)
	}
	return r, nil
}

// known explains the error of looking at a record.
func known(function string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return sdk.Errorf(sdk.NotFound, "the function %s is not deployed", function).WithHint("fn deploy %s", function)
	}
	return err
}
