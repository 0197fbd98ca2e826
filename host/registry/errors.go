package registry

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/fnhost/fn/sdk/fault"
)

// ErrStale is the cause of the Conflict when a new version was made from one
// that is no longer the current one: read it again and try again.
var ErrStale = errors.New("the function has changed meanwhile")

// fault explains an error of the database; an error that is explained already
// stays as it is.
func (r *Registry) fault(operation string, err error) error {
	var known *fault.Error
	var said *sqlite.Error
	switch {
	case err == nil, errors.As(err, &known),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &said):
		return r.explain(operation, said)
	case errors.Is(err, syscall.ENOSPC):
		return r.full(operation, err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return r.denied(operation, err)
	default:
		return fault.New(fault.Internal, "function database: %s: %w", operation, err)
	}
}

func (r *Registry) explain(operation string, said *sqlite.Error) error {
	code := said.Code()
	if code == lib.SQLITE_IOERR_SHMSIZE { // it reserves shared memory on the disk
		return r.full(operation, said)
	}
	switch code & 0xff { // the rest says more than is needed
	case lib.SQLITE_NOTADB, lib.SQLITE_CORRUPT:
		aside := filepath.Join(filepath.Dir(r.path), "damaged")
		return fault.New(fault.Internal, "the function database %s is damaged: %w", r.path, said).
			WithHint("put it aside: mkdir %s && mv %s* %s/   (or start over: fn config --reset --all --yes)", aside, r.path, aside)
	case lib.SQLITE_FULL:
		return r.full(operation, said)
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN, lib.SQLITE_AUTH:
		return r.denied(operation, said)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fault.New(fault.Conflict, "function database: %s: another process keeps %s locked: %w", operation, r.path, said).
			WithHint("fn host status")
	default:
		return fault.New(fault.Internal, "function database %s: %s: %w", r.path, operation, said)
	}
}

func (r *Registry) full(operation string, err error) error {
	return fault.New(fault.ResourceExhausted, "function database: %s: no space for %s: %w", operation, r.path, err).
		WithHint("df %s", filepath.Dir(r.path))
}

func (r *Registry) denied(operation string, err error) error {
	return fault.New(fault.PermissionDenied, "function database: %s: %s cannot be opened for writing: %w", operation, r.path, err).
		WithHint("FN_HOME=DIR")
}

func busy(err error) bool {
	var said *sqlite.Error
	return errors.As(err, &said) && (said.Code()&0xff == lib.SQLITE_BUSY || said.Code()&0xff == lib.SQLITE_LOCKED)
}
