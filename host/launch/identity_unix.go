//go:build unix

package launch

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// identity tells whether an open file is still the one, unchanged.
type identity struct {
	dev, ino     uint64
	size         int64
	mtime, ctime unix.Timespec
}

// identify also returns when the file last changed.
func identify(f *os.File) (identity, time.Time, bool) {
	var st unix.Stat_t
	if unix.Fstat(int(f.Fd()), &st) != nil {
		return identity{}, time.Time{}, false
	}
	id := identity{dev: uint64(st.Dev), ino: st.Ino, size: st.Size, mtime: st.Mtim, ctime: st.Ctim}
	return id, time.Unix(st.Ctim.Unix()), true
}
