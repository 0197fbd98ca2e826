package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"

	"github.com/fnhost/fn/host/tomlfile"
)

// Lock is plugins.lock: which executable was accepted for a component, on each
// platform. All platforms are kept, so that one file can be shared.
//
//	[docker]
//	"linux/amd64" = "sha256:…"
//
// The zero Lock is empty.
type Lock struct {
	sums map[string]map[string]string // component, platform
}

// LockPath is where the lock of a manifest is: beside it.
func LockPath(manifest string) string { return filepath.Join(filepath.Dir(manifest), "plugins.lock") }

// Platform is the one this program runs on: GOOS/GOARCH.
func Platform() string { return runtime.GOOS + "/" + runtime.GOARCH }

// LoadLock reads a lock file; one that is not there is empty.
func LoadLock(path string) (*Lock, error) {
	root, err := tomlfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Lock{}, nil
	}
	if err != nil {
		return nil, err
	}
	return readLock(root)
}

// ParseLock reads the text of a lock file; path is its name in errors.
func ParseLock(path string, text []byte) (*Lock, error) {
	root, err := tomlfile.Parse(path, text)
	if err != nil {
		return nil, err
	}
	return readLock(root)
}

func readLock(root *tomlfile.Table) (*Lock, error) {
	l := &Lock{}
	for _, component := range root.Keys() {
		if !ValidName(component) {
			root.Fail(component, "", "%q cannot name a component", component)
		}
		entry := root.Table(component)
		if entry == nil {
			continue
		}
		for _, platform := range entry.Keys() {
			sum := entry.String(platform)
			if !platformPattern.MatchString(platform) {
				entry.Fail(platform, "", "%q is no platform, such as %q", platform, Platform())
			}
			if !sumPattern.MatchString(sum) {
				entry.Fail(platform, "", `%s for %s must be "sha256:" and 64 hexadecimal digits`, component, platform)
			}
			l.Set(component, platform, sum)
		}
	}
	if err := root.Err(); err != nil {
		return nil, err
	}
	return l, nil
}

var (
	platformPattern = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9]+$`)
	sumPattern      = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// Get is the accepted sum, "sha256:" and 64 hexadecimal digits; empty when
// there is none for this component on this platform.
func (l *Lock) Get(component, platform string) string { return l.sums[component][platform] }

// Set accepts a sum. Those of other platforms stay.
func (l *Lock) Set(component, platform, sum string) {
	if l.sums == nil {
		l.sums = map[string]map[string]string{}
	}
	if l.sums[component] == nil {
		l.sums[component] = map[string]string{}
	}
	l.sums[component][platform] = sum
}

// Delete forgets a component on all platforms.
func (l *Lock) Delete(component string) { delete(l.sums, component) }

// Text is the file: components and platforms sorted, so that it changes only
// where a sum did.
func (l *Lock) Text() []byte {
	var b bytes.Buffer
	b.WriteString("# Accepted plugin executables, by platform. Written by: fn plugins add, remove, lock\n")
	for _, component := range slices.Sorted(maps.Keys(l.sums)) {
		fmt.Fprintf(&b, "\n[%s]\n", component)
		for _, platform := range slices.Sorted(maps.Keys(l.sums[component])) {
			fmt.Fprintf(&b, "%q = %q\n", platform, l.sums[component][platform])
		}
	}
	return b.Bytes()
}

// Write replaces the file. Between reading and writing another process may have
// changed it; UpdateLock lets nobody between.
func (l *Lock) Write(path string) error {
	return replace(path, func([]byte) ([]byte, error) { return l.Text(), nil })
}

// UpdateLock changes the file at path in one step; nothing is written when
// change fails.
func UpdateLock(path string, change func(*Lock) error) error {
	return replace(path, func(old []byte) ([]byte, error) {
		l, err := ParseLock(path, old)
		if err != nil {
			return nil, err
		}
		if err := change(l); err != nil {
			return nil, err
		}
		return l.Text(), nil
	})
}
