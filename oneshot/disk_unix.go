//go:build unix

package oneshot

import "golang.org/x/sys/unix"

// FreeBytes is what this user may still write below dir.
func FreeBytes(dir string) (int64, error) {
	var at unix.Statfs_t
	err := unix.Statfs(dir, &at)
	return int64(at.Bavail) * int64(at.Bsize), err
}
