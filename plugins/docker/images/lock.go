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
	f, err := filelock.Acquire(ctx, s.lockFile(name), func() { progress("waiting for the same installation", 0, 0, "") })
	switch {
	case err == nil:
		return func() { f.Close() }, nil
	case ctx.Err() != nil:
		return nil, err
	}
	return nil, sdk.Errorf(sdk.Unavailable, "installing packages: %w", err).WithHint("ls -ld %s", s.StateDir)
}

// RemoveLocks removes the lock files that nobody holds.
func (s *Store) RemoveLocks() {
	locks, _ := filepath.Glob(s.lockFile("*"))
	for _, lock := range locks {
		_ = filelock.Remove(lock) // one that stays is tried again the next time
	}
}

func (s *Store) lockFile(name string) string { return filepath.Join(s.StateDir, ".lock-"+name) }
