package supervise

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// home is the worker's directory.
type home struct{ dir string }

func (h home) code() string           { return filepath.Join(h.dir, "code") }
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

// removeAll removes dir although the function may have taken away the
// permission to list or change some directory in it.
func removeAll(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() {
			os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}
