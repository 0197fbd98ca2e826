package deps

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fnhost/fn/oneshot/filelock"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// KeepUnused is how long what was installed is kept after its last use.
const KeepUnused = 30 * 24 * time.Hour

// Store is a directory of installations. Its methods may be called from several
// goroutines and several processes at once.
type Store struct {
	Dir string   // is made when it is missing
	Env []string // all that an installer sees, with PATH and HOME
	Now func() time.Time

	mu   sync.Mutex
	used map[string]time.Time // what of Dir was marked as used, and when
}

// Has tells whether a directory that an installation returned is still there,
// and marks it as used.
func (s *Store) Has(dir string) bool {
	if _, err := os.Stat(dir); err != nil {
		return false
	}
	s.use(filepath.Dir(dir))
	return true
}

// use marks an entry, at most once an hour.
func (s *Store) use(entry string) {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.used[entry]) < time.Hour {
		return
	}
	if s.used == nil {
		s.used = map[string]time.Time{}
	}
	s.used[entry] = now
	_ = os.Chtimes(entry, now, now) // unmarked, it is installed again some day
}

// entry returns the directory called name of the entry that key stands for.
// Where it is missing, build makes it in a new one. What else build leaves
// there is removed.
func (s *Store) entry(ctx context.Context, key, name string, progress sdk.Progress, build func(made string) error) (string, error) {
	path := filepath.Join(s.Dir, key)
	dir := filepath.Join(path, name)
	if s.Has(dir) {
		return dir, nil
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return "", unavailable(s.Dir, err)
	}
	unlock, err := s.lock(ctx, key, progress)
	if err != nil {
		return "", err
	}
	defer unlock()
	if s.Has(dir) {
		return dir, nil
	}
	s.removeUnfinished(key)
	made, err := os.MkdirTemp(s.Dir, unfinished+key+"-")
	if err != nil {
		return "", unavailable(s.Dir, err)
	}
	defer worker.RemoveAll(made)
	if err := build(made); err != nil {
		return "", err
	}
	worker.RemoveAll(filepath.Join(made, workDir))
	if err := os.Rename(made, path); err != nil && !s.Has(dir) {
		return "", unavailable(s.Dir, err)
	}
	s.use(path)
	s.prune()
	return dir, nil
}

// workDir is where an installer works, within an unfinished entry.
const workDir = "work"

const (
	unfinished = ".new-"
	locked     = ".lock-"
)

// removeUnfinished removes what was begun under a key that is now locked.
func (s *Store) removeUnfinished(key string) {
	left, _ := filepath.Glob(filepath.Join(s.Dir, unfinished+key+"-*"))
	for _, dir := range left {
		worker.RemoveAll(dir)
	}
}

// prune removes what was not used for KeepUnused, and what is unfinished since.
func (s *Store) prune() {
	entries, _ := os.ReadDir(s.Dir)
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && s.Now().Sub(info.ModTime()) > KeepUnused && !strings.HasPrefix(e.Name(), locked) {
			worker.RemoveAll(filepath.Join(s.Dir, e.Name()))
		}
	}
}

// lock waits until nobody else installs what key stands for.
func (s *Store) lock(ctx context.Context, key string, progress sdk.Progress) (unlock func(), err error) {
	f, err := filelock.Acquire(ctx, filepath.Join(s.Dir, locked+key), func() { progress("waiting for the same installation", 0, 0, "") })
	switch {
	case err == nil:
		return func() { f.Close() }, nil
	case ctx.Err() != nil:
		return nil, err
	}
	return nil, unavailable(s.Dir, err)
}

func unavailable(dir string, err error) error {
	if full(err) {
		return sdk.Errorf(sdk.ResourceExhausted, "installing packages: %w", err).WithHint("df -h %s", dir)
	}
	if errors.Is(err, fs.ErrPermission) {
		return sdk.Errorf(sdk.PermissionDenied, "installing packages: %w", err).WithHint("ls -ld %s", dir)
	}
	return sdk.Errorf(sdk.Unavailable, "installing packages: %w", err)
}
