//go:build unix

package dirs

import (
	"io/fs"
	"os"
	"syscall"
)

func ours(info fs.FileInfo, uid int) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == uid
}

func owned(dir string, uid int) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir() && ours(info, uid)
}

func othersWrite(info fs.FileInfo) bool { return info.Mode().Perm()&0o022 != 0 }
func othersRead(info fs.FileInfo) bool  { return info.Mode().Perm()&0o055 != 0 }

// writable asks the system; nothing is written.
func writable(dir string) error {
	const writeAndSearch = 0x2 | 0x1 // W_OK | X_OK
	return syscall.Access(dir, writeAndSearch)
}
