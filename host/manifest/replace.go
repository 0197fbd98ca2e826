package manifest

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/fnhost/fn/host/regular"
	"github.com/fnhost/fn/host/tomlfile"
	"github.com/fnhost/fn/sdk/fault"
)

// replace changes a file's text: change gets what is there (nil where there is
// no file) and returns what is to be there (nil for no change). No reader sees
// half of it, no crash leaves half of it, and nobody else's replace of the
// same file comes between.
func replace(path string, change func(old []byte) ([]byte, error)) error {
	// The file of a link's end is replaced, not the link: people keep their
	// settings elsewhere and link to them.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	beside := filepath.Join(filepath.Dir(path), "."+filepath.Base(path))
	lock, err := lockedfile.OpenFile(beside+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return cannotWrite(path, err)
	}
	defer lock.Close()

	old, err := regular.Read(path, tomlfile.MaxSize)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(path, err)
	}
	text, err := change(old)
	if err != nil || text == nil || (old != nil && bytes.Equal(old, text)) {
		return err
	}
	perm := fs.FileMode(0o600)
	if info, err := os.Stat(path); err == nil {
		perm = info.Mode().Perm()
	}
	// The lock makes the name ours alone; a crash leaves it to the next one.
	if err := writeAndRename(beside+".tmp", path, text, perm); err != nil {
		return cannotWrite(path, err)
	}
	return nil
}

func writeAndRename(temporary, path string, text []byte, perm fs.FileMode) (err error) {
	defer func() {
		if err != nil {
			os.Remove(temporary)
		}
	}()
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil { // else a power cut may leave an empty file
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

func cannotWrite(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.PermissionDenied, "cannot write %s: %w", path, err).
			WithHint("FN_HOME=DIR, or a manifest elsewhere: FN_MANIFEST=FILE")
	case errors.Is(err, syscall.ENOSPC):
		return fault.New(fault.ResourceExhausted, "cannot write %s: %w", path, err).
			WithHint("df %s", filepath.Dir(path))
	default:
		return fault.New(fault.Internal, "cannot write %s: %w", path, err)
	}
}
