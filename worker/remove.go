package worker

import (
	"io/fs"
	"os"
	"path/filepath"
)

// RemoveAll removes a directory that a function could write into, although the
// function may have taken away the permission to list or change some directory
// in it. One that is not there is no error.
func RemoveAll(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	filepath.WalkDir(dir, func(path string, entry fs.DirEntry, _ error) error { //nolint:errcheck // what counts is the removal
		if entry != nil && entry.IsDir() {
			os.Chmod(path, 0o700) //nolint:errcheck
		}
		return nil
	})
	return os.RemoveAll(dir)
}
