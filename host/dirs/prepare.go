package dirs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/fnhost/fn/sdk/fault"
)

// Prepare makes the directories, readable by their owner alone. A directory
// that cannot be made or written is PermissionDenied and named; Config may be
// read-only once it is there. The runtime directory must be this user's and
// nobody else's.
func (d Dirs) Prepare() error {
	for _, dir := range []string{d.Config, d.Data, d.State, d.Cache, d.Logs} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return cannot("make", dir, err)
		}
		if dir == d.Config {
			continue
		}
		if err := writable(dir); err != nil {
			return cannot("write into", dir, err)
		}
	}
	return d.prepareRuntime()
}

func (d Dirs) prepareRuntime() error {
	if d.Home == "" || filepath.Dir(d.Runtime) != d.Home {
		// Runtime is one of several in a directory that is ours as well.
		if err := private(filepath.Dir(d.Runtime)); err != nil {
			return err
		}
	}
	return private(d.Runtime)
}

// private makes dir, or makes sure that nobody else could have touched it: in
// a public place like /tmp another user may have been there first.
func private(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(dir), 0o700); err == nil {
			err = os.Mkdir(dir, 0o700)
		}
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return cannot("make", dir, err)
	}
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return cannot("read", dir, err)
	case !info.IsDir():
		return fault.New(fault.PermissionDenied, "directories: %s is in the way: it is no directory", dir).
			WithHint("rm %s", dir)
	case !ours(info, os.Getuid()):
		return fault.New(fault.PermissionDenied, "directories: %s belongs to another user", dir).
			WithHint("FN_HOME=DIR")
	case othersWrite(info):
		return fault.New(fault.PermissionDenied, "directories: other users can write into %s", dir).
			WithHint("rm -r %s", dir)
	case othersRead(info):
		if err := os.Chmod(dir, 0o700); err != nil {
			return cannot("protect", dir, err)
		}
	}
	return writableOrCannot(dir)
}

func writableOrCannot(dir string) error {
	if err := writable(dir); err != nil {
		return cannot("write into", dir, err)
	}
	return nil
}

// cannot says what could not be done with a directory, and what to do instead.
func cannot(do, dir string, err error) error {
	kind := fault.PermissionDenied
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		kind = fault.ResourceExhausted
	case errors.Is(err, syscall.ENOTDIR):
		kind = fault.Invalid
	}
	cause := err
	var path *fs.PathError
	if errors.As(err, &path) {
		cause = path.Err // the directory is named already
	}
	return fault.New(kind, "directories: cannot %s %s: %w", do, dir, cause).WithHint("FN_HOME=DIR")
}
