package bundle

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// identities are what the paths are and, of links, what they lead to. By them a
// file is known under each of its names.
func identities(paths []string) (found []fs.FileInfo) {
	for _, path := range paths {
		for _, look := range []func(string) (fs.FileInfo, error){os.Lstat, os.Stat} {
			if info, err := look(path); err == nil {
				found = append(found, info)
			}
		}
	}
	return found
}

// excludes tells whether name is a file that is not to be packed, or a link to
// one.
func (l *lister) excludes(name string) bool {
	if len(l.excluded) == 0 {
		return false
	}
	for _, look := range []func(string) (fs.FileInfo, error){l.root.Lstat, l.root.Stat} {
		info, err := look(filepath.FromSlash(name))
		if err == nil && slices.ContainsFunc(l.excluded, func(e fs.FileInfo) bool { return os.SameFile(e, info) }) {
			return true
		}
	}
	return false
}
