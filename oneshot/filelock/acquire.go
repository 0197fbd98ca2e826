package filelock

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Acquire opens the file at path, which is made if it is missing, and waits until
// this process alone holds it; closing it ends that. held is called once if
// another process holds it.
func Acquire(ctx context.Context, path string, held func()) (*os.File, error) {
	waits := false
	once := func() {
		if !waits {
			waits = true
			held()
		}
	}
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err = Wait(ctx, f, once); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if there(f, path) {
			return f, nil
		}
		f.Close() // it was removed meanwhile, and whoever comes next makes another
	}
}

// Remove removes the file at path, unless a process holds it.
func Remove(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	ours, err := Try(f)
	if !ours || err != nil || !there(f, path) {
		return err
	}
	return os.Remove(path)
}

// there tells whether f, which this process holds, is still the file at path.
func there(f *os.File, path string) bool {
	now, err := os.Stat(path)
	if err != nil {
		return false
	}
	opened, err := f.Stat()
	return err == nil && os.SameFile(now, opened)
}
