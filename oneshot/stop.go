package oneshot

import (
	"context"
	"errors"
	"io/fs"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
)

// Stop marks the function's record. Running calls end by themselves.
func (s *Server[K]) Stop(ctx context.Context, function string) error {
	defer s.Changed()
	defer s.workers.unload(function)
	return known(function, s.records.Stop(function, s.cfg.Now()))
}

// Remove forgets the function and what it printed.
func (s *Server[K]) Remove(ctx context.Context, function string) error {
	defer s.Changed()
	defer s.workers.unload(function)
	return errors.Join(s.records.Delete(function), s.logs.remove(function))
}

// admit returns the record of a function that may be called.
func (s *Server[K]) admit(f sdk.Function) (record.Record, error) {
	r, err := s.records.Get(f.Name)
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
