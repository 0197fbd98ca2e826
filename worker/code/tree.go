package code

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// A Tree is unpacked code: files in a directory that nobody changes, and the list
// of them. It may be copied by several goroutines at once.
type Tree struct {
	dir   string
	items []item // directories before what is in them, links last
	bytes int64
}

// An item is a directory, a file or a symbolic link.
type item struct {
	name   string // relative, with slashes
	mode   fs.FileMode
	size   int64  // of a file
	target string // of a link
}

const (
	dirMode = 0o700
	newFile = os.O_WRONLY | os.O_CREATE | os.O_EXCL

	// pieceBytes is how much is copied between two looks at the context.
	pieceBytes = 32 << 20
)

// ErrDamaged is returned by CopyTo when files of the tree are missing or cut off.
var ErrDamaged = errors.New("the unpacked code is damaged")

// Bytes is the size of all files together.
func (t *Tree) Bytes() int64 { return t.bytes }

// CopyTo copies all files into the empty directory to. When it fails it leaves
// that empty again, as far as it can.
func (t *Tree) CopyTo(ctx context.Context, to *os.Root) error {
	for _, i := range t.items {
		if err := t.copy(ctx, i, to); err != nil {
			t.removeFrom(to)
			if errors.Is(err, ErrDamaged) {
				return err
			}
			return Storing(err)
		}
	}
	return nil
}

func (t *Tree) copy(ctx context.Context, i item, to *os.Root) error {
	switch {
	case i.mode.IsDir():
		return to.MkdirAll(i.name, dirMode)
	case i.mode&fs.ModeSymlink != 0:
		return to.Symlink(i.target, i.name)
	default:
		return t.copyFile(ctx, i, to)
	}
}

// copyFile lets no process of ours be forked meanwhile: that would hold the file
// open for writing until it executes something else, and for so long the file
// could not be executed.
func (t *Tree) copyFile(ctx context.Context, i item, to *os.Root) (err error) {
	from, err := os.Open(filepath.Join(t.dir, filepath.FromSlash(i.name)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer from.Close()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	file, err := to.OpenFile(i.name, newFile, i.mode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for left := i.size; left > 0; {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		// Of two files this is copy_file_range: no byte passes through here.
		n, err := io.Copy(file, io.LimitReader(from, min(left, pieceBytes)))
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%w: %s is %d bytes short", ErrDamaged, i.name, left)
		}
		left -= n
	}
	return nil
}

func (t *Tree) removeFrom(root *os.Root) {
	for _, i := range t.items {
		root.RemoveAll(i.name)
	}
}
