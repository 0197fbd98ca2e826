// Package lockfile holds a file locked against other processes: the host's
// identity, the start of a host, an edit of the manifest. The kernel drops the
// lock when its process ends, however it ends, so a lock is never stale.
package lockfile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrLocked is the error of TryLock when another process holds the lock.
var ErrLocked = errors.New("locked by another process")

// Lock is a held lock.
type Lock struct{ file *os.File }

// TryLock takes the lock on path, making the file where it is missing, or
// returns ErrLocked at once.
func TryLock(path string) (*Lock, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(file); err != nil {
		file.Close()
		if errors.Is(err, ErrLocked) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &Lock{file}, nil
}

// Acquire waits for the lock until ctx ends, asking every few milliseconds: the
// kernel's own waiting call cannot be given up.
func Acquire(ctx context.Context, path string) (*Lock, error) {
	const pause = 5 * time.Millisecond
	for {
		l, err := TryLock(path)
		if !errors.Is(err, ErrLocked) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for %s: %w", path, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// Write replaces the file's content, which is for people and other programs to
// read; it says nothing about whether the lock is held.
func (l *Lock) Write(content []byte) error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt(content, 0)
	return err
}

// Unlock lets go. The file stays: removing it would let two processes hold
// locks on two files of one name.
func (l *Lock) Unlock() error { return l.file.Close() }
