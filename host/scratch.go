package host

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/fnhost/fn/host/lockfile"
	"github.com/fnhost/fn/worker"
)

// scratchDir is where the plugins of one host have their scratch directories.
type scratchDir struct {
	path string
	lock *lockfile.Lock // of path.lock; nil where a host that is gone had it
}

// makeScratch makes the directory. It must run alone.
func makeScratch(path string) (d scratchDir, err error) {
	d.path = path
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return d, err
	}
	if d.lock, err = lockfile.TryLock(path + ".lock"); err != nil {
		return d, err
	}
	return d, os.Mkdir(path, 0o700)
}

// remove removes the directory, and then its lock.
func (d scratchDir) remove() error {
	if d.path == "" {
		return nil
	}
	err := worker.RemoveAll(d.path)
	if err == nil {
		if err = os.Remove(d.path + ".lock"); errors.Is(err, os.ErrNotExist) {
			err = nil
		}
	}
	if d.lock == nil {
		return err
	}
	return errors.Join(err, d.lock.Unlock())
}

// discard removes the scratch directory of a process that has ended. What is
// still written by something it started is left for sweep.
func (ps *processes) discard(scratch string) error {
	err := worker.RemoveAll(scratch)
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if err != nil && !slices.Contains(ps.left, scratch) {
		ps.left = append(ps.left, scratch)
	}
	return err
}

// sweep tries again to remove what is left of processes that have ended.
func (ps *processes) sweep() (g garbage) {
	ps.mu.Lock()
	left := ps.left
	ps.left = nil
	ps.mu.Unlock()
	for _, dir := range left {
		g.left("what a plugin left", dir, ps.discard(dir))
	}
	return g
}
