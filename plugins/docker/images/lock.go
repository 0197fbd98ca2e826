package images

import (
	"context"
	"os"
	"path/filepath"

	"github.com/fnhost/fn/oneshot/filelock"
	"github.com/fnhost/fn/sdk"
)

// lock waits until nobody else of this host makes what is called name.
func (s *Store) lock(ctx context.Context, name string, progress sdk.Progress) (unlock func(), err error) {
	if err := os.MkdirAll(s.StateDir, 0o700); err != nil {
		return nil, sdk.Errorf(sdk.Unavailable, "installing packages: %w", err).WithHint("ls -ld %s", s.StateDir)
	}
	f, err := os.OpenFile(filepath.Join(s.StateDir, ".lock-"+name), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, sdk.Errorf(sdk.Unavailable, "installing packages: %w", err).WithHint("ls -ld %s", s.StateDir)
	}
	err = filelock.Wait(ctx, f, func() { progress("waiting for the same installation", 0, 0, "") })
	if err == nil {
		return func() { f.Close() }, nil
	}
	f.Close()
	if ctx.Err() != nil {
		return nil, err
	}
	return nil, sdk.Errorf(sdk.Unavailable, "installing packages: lock %s: %w", f.Name(), err)
}
