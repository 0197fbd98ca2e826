package filelock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// Lock waits until this process alone holds f; closing f ends that.
func Lock(f *os.File) error { return lock(f, 0) }

// Try is Lock without waiting. It tells whether f is held now.
func Try(f *os.File) (bool, error) {
	err := lock(f, windows.LOCKFILE_FAIL_IMMEDIATELY)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

func lock(f *os.File, how uint32) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|how, 0, 1, 0, &windows.Overlapped{})
}
