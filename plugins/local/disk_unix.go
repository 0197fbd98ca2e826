//go:build unix

package local

import "golang.org/x/sys/unix"

// freeBytes is what this user may still write below dir.
func freeBytes(dir string) (int64, error) {
	var at unix.Statfs_t
	err := unix.Statfs(dir, &at)
	return int64(at.Bavail) * int64(at.Bsize), err
}
