//go:build unix

package supervise

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// linkModules puts directories of installed packages where node looks for them:
// the first that the code has no node_modules for becomes the code's, and what
// the others hold is found beside the code. On a package in several the first
// one wins.
func linkModules(h home, modules []string) error {
	if len(modules) == 0 {
		return nil
	}
	err := os.Symlink(modules[0], filepath.Join(h.code(), "node_modules"))
	if err == nil {
		modules = modules[1:]
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, dir := range modules {
		if err := linkEntries(dir, h.script("node_modules"), true); err != nil {
			return err
		}
	}
	return nil
}

// linkEntries links what is in one directory into another, and what is in the
// directories of scopes (@name) into ones of their own.
func linkEntries(from, to string, scopes bool) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, entry := range entries {
		source, target := filepath.Join(from, entry.Name()), filepath.Join(to, entry.Name())
		if scopes && strings.HasPrefix(entry.Name(), "@") {
			err = linkEntries(source, target, false)
		} else {
			err = os.Symlink(source, target)
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
