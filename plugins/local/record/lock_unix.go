//go:build unix

package record

import (
	"os"

	"golang.org/x/sys/unix"
)

// lock waits until this process alone holds f; closing f ends that.
func lock(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if err != unix.EINTR {
			return err
		}
	}
}
