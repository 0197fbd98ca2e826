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
	return identityOf(&st), time.Unix(st.Ctim.Unix()), true
}

// identifyPath is of a file that is not open.
func identifyPath(path string) (identity, bool) {
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return identity{}, false
	}
	return identityOf(&st), true
}

func identityOf(st *unix.Stat_t) identity {
	return identity{dev: uint64(st.Dev), ino: st.Ino, size: st.Size, mtime: st.Mtim, ctime: st.Ctim}
}
