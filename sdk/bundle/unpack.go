package bundle

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// Unpack writes the files of the zip at file into dir, which is made if it is
// not there. It writes nothing outside dir, through no link, over no file.
// Errors: NotFound (no such zip), Invalid (not a bundle, or a damaged one),
// Conflict (a file is there already), ResourceExhausted (over MaxFiles or
// MaxBytes). After one, dir may hold a part of the files.
func Unpack(file, dir string) error {
	z, err := zip.OpenReader(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "unpack: %w", err)
	}
	if err != nil {
		return fault.New(fault.Invalid, "unpack %s: %w", file, err)
	}
	defer z.Close()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fault.New(fault.Unavailable, "unpack: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fault.New(fault.Unavailable, "unpack: %w", err)
	}
	defer root.Close()
	return unpack(&z.Reader, root)
}

func unpack(z *zip.Reader, root *os.Root) error {
	if len(z.File) > MaxFiles {
		return fault.New(fault.ResourceExhausted, "unpack: more than %d files", MaxFiles)
	}
	left := uint64(MaxBytes)
	for _, f := range z.File {
		if f.UncompressedSize64 > left {
			return fault.New(fault.ResourceExhausted, "unpack: more than %d bytes", int64(MaxBytes))
		}
		left -= f.UncompressedSize64 // the zip reader refuses an entry that is longer
		if err := entry(f, root); err != nil {
			return err
		}
	}
	return nil
}

func entry(f *zip.File, root *os.Root) error {
	name, isDir := strings.CutSuffix(f.Name, "/")
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\\x00") || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fault.New(fault.Invalid, "unpack: %q is not a name inside the bundle", f.Name)
	}
	switch {
	case isDir:
		return unpackError(name, root.MkdirAll(filepath.FromSlash(name), 0o755))
	case !f.Mode().IsRegular():
		return fault.New(fault.Invalid, "unpack: %q is not a regular file", f.Name)
	}
	if parent := path.Dir(name); parent != "." {
		if err := root.MkdirAll(filepath.FromSlash(parent), 0o755); err != nil {
			return unpackError(name, err)
		}
	}
	source, err := f.Open()
	if err != nil {
		return fault.New(fault.Invalid, "unpack %s: %w", name, err)
	}
	defer source.Close()
	mode := fs.FileMode(0o644)
	if f.Mode()&0o100 != 0 {
		mode = 0o755
	}
	target, err := root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return unpackError(name, err)
	}
	content := &reader{r: source}
	_, err = io.Copy(target, content)
	if content.err != nil {
		err = fault.New(fault.Invalid, "unpack %s: %w", name, content.err)
	}
	return unpackError(name, errors.Join(err, target.Close()))
}

func unpackError(name string, err error) error {
	var known *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	case errors.Is(err, fs.ErrExist):
		return fault.New(fault.Conflict, "unpack %s: %w", name, err)
	case errors.Is(err, fs.ErrPermission):
		return fault.New(fault.PermissionDenied, "unpack %s: %w", name, err)
	default:
		return fault.New(fault.Unavailable, "unpack %s: %w", name, err)
	}
}

// Digest reads the file at path and returns its digest in the form of Summary.
func Digest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", readError(path, err)
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", readError(path, err)
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil)), nil
}
