package registry

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run")
	must(t, os.WriteFile(path, []byte(text), 0o755), "")
	return path
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err, "")
	var names []string
	for _, e := range entries {
		if e.Name() != ".lock" {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestBundles(t *testing.T) {
	b := Bundles{Dir: filepath.Join(t.TempDir(), "bundles")}
	code := write(t, "#!/bin/sh\ncat\n")
	first, err := b.Put(code)
	must(t, err, "")
	path := b.Path(first.Digest)
	info, err := os.Stat(path)
	must(t, err, "")
	if info.Mode().Perm() != 0o400 || info.Size() != first.Size {
		t.Errorf("stored as %v, %d bytes; want 0400, %d", info.Mode(), info.Size(), first.Size)
	}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			again, err := b.Put(code)
			if err != nil || again.Digest != first.Digest {
				t.Errorf("put again: %v, %v", again, err)
			}
		})
	}
	wait.Wait()
	if got := files(t, b.Dir); len(got) != 1 {
		t.Errorf("in the store: %v", got)
	}
	same, err := os.Stat(path)
	must(t, err, "")
	if !os.SameFile(info, same) {
		t.Error("the stored bundle was replaced")
	}
	_, err = b.Put(filepath.Join(t.TempDir(), "missing"))
	if err == nil {
		t.Error("missing code was packed")
	}
	if got := files(t, b.Dir); len(got) != 1 {
		t.Errorf("after a failure: %v", got)
	}
}

func TestDamagedBundleIsReplaced(t *testing.T) {
	b := Bundles{Dir: t.TempDir()}
	code := write(t, "one")
	s, err := b.Put(code)
	must(t, err, "")
	must(t, os.Chmod(b.Path(s.Digest), 0o600), "")
	must(t, os.Truncate(b.Path(s.Digest), 1), "")
	_, err = b.Put(code)
	must(t, err, "")
	info, err := os.Stat(b.Path(s.Digest))
	must(t, err, "")
	if info.Size() != s.Size {
		t.Errorf("the bundle still has %d bytes, want %d", info.Size(), s.Size)
	}
}

func TestSweep(t *testing.T) {
	now := time.Now()
	b := Bundles{Dir: filepath.Join(t.TempDir(), "bundles"), Now: func() time.Time { return now }}
	removed, err := b.Sweep(nil)
	must(t, err, "")
	if len(removed) != 0 {
		t.Errorf("removed from nowhere: %v", removed)
	}
	put := func(text string) bundle.Summary {
		s, err := b.Put(write(t, text))
		must(t, err, "")
		return s
	}
	needed, stale, revived := put("needed"), put("stale"), put("revived")
	must(t, os.WriteFile(filepath.Join(b.Dir, temporary+"1"), []byte("half"), 0o600), "")
	must(t, os.WriteFile(filepath.Join(b.Dir, "notes.txt"), []byte("not ours"), 0o600), "")
	sweep := func() string {
		removed, err := b.Sweep(map[string]bool{needed.Digest: true})
		must(t, err, "")
		return strings.Join(removed, "\n")
	}
	if got := sweep(); got != "" {
		t.Errorf("removed while new: %s", got)
	}
	now = now.Add(SweepAge + time.Minute)
	put("revived") // as a create that has no version yet
	if got := sweep(); !strings.Contains(got, strings.TrimPrefix(stale.Digest, "sha256:")) || !strings.Contains(got, temporary) || strings.Count(got, "\n") != 1 {
		t.Errorf("removed:\n%s", got)
	}
	for _, s := range []bundle.Summary{needed, revived} {
		if _, err := os.Stat(b.Path(s.Digest)); err != nil {
			t.Error(err)
		}
	}
	// With the clock set back everything looks new, and stays.
	now = now.Add(-24 * time.Hour)
	if got := sweep(); got != "" {
		t.Errorf("removed with the clock set back: %s", got)
	}
}

func TestBundlesOutOfReach(t *testing.T) {
	file := write(t, "in the way")
	_, err := Bundles{Dir: filepath.Join(file, "bundles")}.Put(file)
	must(t, err, fault.Internal, file)
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o500), "")
	_, err = Bundles{Dir: dir}.Put(file)
	must(t, err, fault.PermissionDenied, dir)
}
