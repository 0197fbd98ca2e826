//go:build unix

package local

import "golang.org/x/sys/unix"

// inode is the number of the directory that is at a path now; 0: there is none.
func inode(dir string) uint64 {
	var at unix.Stat_t
	if unix.Stat(dir, &at) != nil {
		return 0
	}
	return uint64(at.Ino)
}
