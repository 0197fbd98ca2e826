package registry

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// Bundles is the store of packed code: one file for each digest, which never
// changes. Dir is made when it is needed.
type Bundles struct {
	Dir  string
	Pack bundle.Options
	Now  func() time.Time // nil: time.Now
}

// SweepAge is how old a bundle without a version must be before Sweep removes
// it: a create that has packed its code may not have got its version yet.
const SweepAge = time.Hour

const (
	suffix    = ".zip"
	temporary = ".packing-"
)

// Put packs the file or directory at path into the store, all but the excluded
// files (see bundle.Options). Code that is there already is kept, and counts as
// new for Sweep.
func (b Bundles) Put(path string, exclude ...string) (bundle.Summary, error) {
	if err := os.MkdirAll(b.Dir, 0o700); err != nil {
		return bundle.Summary{}, b.fault(err)
	}
	f, err := os.CreateTemp(b.Dir, temporary) // 0600
	if err != nil {
		return bundle.Summary{}, b.fault(err)
	}
	defer os.Remove(f.Name()) // no longer there once it was kept
	defer f.Close()
	options := b.Pack
	options.Exclude = exclude
	summary, err := bundle.Pack(f, path, options)
	if err != nil {
		return bundle.Summary{}, b.fault(err)
	}
	if err := f.Chmod(0o400); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return bundle.Summary{}, b.fault(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return bundle.Summary{}, b.fault(err)
	}
	if err := b.keep(f.Name(), summary); err != nil {
		return bundle.Summary{}, b.fault(err)
	}
	return summary, nil
}

// keep gives a packed file its name, or touches the one that has it.
func (b Bundles) keep(file string, summary bundle.Summary) error {
	unlock, err := b.lock()
	if err != nil {
		return err
	}
	defer unlock()
	name := b.Path(summary.Digest)
	now := b.now()
	if info, err := os.Stat(name); err == nil && info.Size() == summary.Size {
		return os.Chtimes(name, time.Time{}, now)
	}
	if err := os.Rename(file, name); err != nil {
		return err
	}
	return syncDir(b.Dir)
}

// Path is where the bundle of that digest is, or would be.
func (b Bundles) Path(digest string) string {
	return filepath.Join(b.Dir, strings.TrimPrefix(digest, "sha256:")+suffix)
}

// Sweep removes the bundles whose digest is not among those that are needed
// (Registry.Digests), and what killed commands left half packed, all of it
// older than SweepAge. It returns a line about each.
func (b Bundles) Sweep(needed map[string]bool) (removed []string, err error) {
	entries, err := os.ReadDir(b.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, b.fault(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		hash, packed := strings.CutSuffix(name, suffix)
		if packed && needed["sha256:"+hash] || !packed && !strings.HasPrefix(name, temporary) {
			continue
		}
		size, done, err := b.sweep(filepath.Join(b.Dir, name))
		if err != nil {
			return removed, b.fault(err)
		}
		if done {
			removed = append(removed, fmt.Sprintf("bundle %s, %d bytes", name, size))
		}
	}
	slices.Sort(removed)
	return removed, nil
}

// sweep removes one file if it is old. Under the lock, no Put finds it there
// and loses it afterwards.
func (b Bundles) sweep(file string) (size int64, done bool, err error) {
	unlock, err := b.lock()
	if err != nil {
		return 0, false, err
	}
	defer unlock()
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil || b.now().Sub(info.ModTime()) < SweepAge {
		return 0, false, err
	}
	return info.Size(), true, os.Remove(file)
}

func (b Bundles) lock() (unlock func(), err error) {
	file, err := lockedfile.OpenFile(filepath.Join(b.Dir, ".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return func() { file.Close() }, nil
}

func (b Bundles) now() time.Time {
	if b.Now == nil {
		return time.Now()
	}
	return b.Now()
}

// fault explains an error of the store; one that is explained already stays.
func (b Bundles) fault(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG), errors.Is(err, syscall.EDQUOT):
		return fault.New(fault.ResourceExhausted, "bundles: no space in %s: %w", b.Dir, err).WithHint("df %s", b.Dir)
	case fault.KindOf(err) != fault.Internal:
		return err
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.PermissionDenied, "bundles: %w", err).WithHint("FN_HOME=DIR")
	default:
		return fault.New(fault.Internal, "bundles: %w", err)
	}
}
