package host

import (
	"errors"
	"io/fs"
	"os"
)

// mark is a file by which others find this host, or which is its state. When
// it is gone, or another lies in its place, the host works on what nobody sees:
// it must make room for one that does not.
type mark struct {
	path string
	info fs.FileInfo
}

// marks remembers the files as they are now; those that are not there are none.
func marks(paths ...string) (all []mark) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			all = append(all, mark{path, info})
		}
	}
	return all
}

// displaced names the first file that is gone or another one.
func displaced(all []mark) (path string, yes bool) {
	for _, m := range all {
		info, err := os.Stat(m.path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(m.info, info) {
			return m.path, true
		}
	}
	return "", false
}
