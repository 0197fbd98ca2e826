//go:build unix

package enginetest

import (
	"os"
	"syscall"
)

// lock waits for a lock that all processes of the machine share.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if err != syscall.EINTR {
			file.Close()
			return nil, err
		}
	}
}
