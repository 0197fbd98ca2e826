package supervise

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/fnhost/fn/worker"
)

// home is the worker's directory.
type home struct{ dir string }

// homeIn returns the worker's directory with an absolute path.
func homeIn(dir string) (home, error) {
	if dir == "" {
		return home{}, errors.New("the worker needs a directory")
	}
	dir, err := filepath.Abs(dir)
	return home{dir}, err
}

func (h home) code() string           { return filepath.Join(h.dir, worker.CodeDir) }
func (h home) tmp() string            { return filepath.Join(h.dir, "tmp") }
func (h home) bundle() string         { return filepath.Join(h.dir, "bundle.zip") }
func (h home) script(n string) string { return filepath.Join(h.dir, n) }

// make makes the directory, where it is not there yet, and what is in it. What
// it lies in is not made: whoever removed that has no use for this worker.
func (h home) make() error {
	for _, dir := range []string{h.dir, h.code(), h.tmp()} {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
