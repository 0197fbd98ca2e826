package code

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
)

var some = []entry{
	{"run", "#!", 0o755}, {"empty/", "", 0o755 | fs.ModeDir}, {"data/x/y.txt", "text", 0o640}, {"locked", "", 0},
	{"link", "data/x/y.txt", 0o777 | fs.ModeSymlink}, {"data/up", "../run", 0o777 | fs.ModeSymlink},
}

func root(t testing.TB, dir string) *os.Root {
	t.Helper()
	to, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { to.Close() })
	return to
}

// listing is every file below dir with its mode and content.
func listing(t testing.TB, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		content, target := []byte(nil), ""
		switch {
		case info.Mode().IsRegular():
			content, err = os.ReadFile(path)
		case info.Mode()&fs.ModeSymlink != 0:
			target, err = os.Readlink(path)
		}
		if rel != "." {
			all.WriteString(rel + " " + info.Mode().String() + " " + string(content) + target + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestCopiesAreWholeAndApart(t *testing.T) {
	from := t.TempDir()
	tree := unpacked(t, from, some...)
	want := listing(t, from)
	for range 2 {
		dir := t.TempDir()
		if err := tree.CopyTo(t.Context(), root(t, dir)); err != nil {
			t.Fatal(err)
		}
		if got := listing(t, dir); got != want {
			t.Errorf("copied:\n%s\nwant:\n%s", got, want)
		}
		if err := os.WriteFile(filepath.Join(dir, "run"), []byte("changed"), 0); err != nil {
			t.Fatal(err)
		}
	}
	if got := listing(t, from); got != want {
		t.Error("the tree has changed:", got)
	}
}

func TestADamagedTreeIsNoticed(t *testing.T) {
	for what, damage := range map[string]func(file string) error{
		"missing": os.Remove,
		"cut off": func(file string) error { return os.Truncate(file, 1) },
	} {
		from, dir := t.TempDir(), t.TempDir()
		tree := unpacked(t, from, some...)
		if err := damage(filepath.Join(from, "data/x/y.txt")); err != nil {
			t.Fatal(err)
		}
		if err := tree.CopyTo(t.Context(), root(t, dir)); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
		if left := listing(t, dir); left != "" {
			t.Errorf("%s: left %s", what, left)
		}
	}
}

// Somebody's code may have run beside the directory before: see preloads.
func TestACopyFollowsNoLink(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	tree := unpacked(t, t.TempDir(), entry{"data/x", "text", 0o644})
	if err := os.Symlink(outside, filepath.Join(dir, "data")); err != nil {
		t.Fatal(err)
	}
	var f *worker.Failure
	if err := tree.CopyTo(t.Context(), root(t, dir)); !errors.As(err, &f) || f.Kind != worker.Internal {
		t.Error(err)
	}
	if got := listing(t, outside); got != "" {
		t.Error("written:", got)
	}
}

func TestACopyEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	dir := t.TempDir()
	tree := unpacked(t, t.TempDir(), some...)
	if err := tree.CopyTo(ctx, root(t, dir)); err == nil || !strings.Contains(err.Error(), "enough") {
		t.Error(err)
	}
	if left := listing(t, dir); left != "" {
		t.Error("left", left)
	}
}
