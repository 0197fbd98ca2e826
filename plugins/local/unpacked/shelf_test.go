package unpacked

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/code"
)

// newBundle packs one file, x, of so many bytes.
func newBundle(t testing.TB, letter string, size int) Bundle {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("x")
	if err == nil {
		_, err = w.Write([]byte(strings.Repeat(letter, size)))
	}
	b := Bundle{Path: filepath.Join(t.TempDir(), letter+".zip")}
	if err = errors.Join(err, z.Close()); err == nil {
		err = os.WriteFile(b.Path, packed.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.Digest = fmt.Sprintf("sha256:%x", sha256.Sum256(packed.Bytes()))
	return b
}

func newShelf(t testing.TB, bytes int64, trees int) *Shelf {
	t.Helper()
	s := &Shelf{Dir: filepath.Join(t.TempDir(), "shelf"), MostBytes: bytes, MostTrees: trees}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.Dir); err == nil {
			t.Error("the directory is left")
		}
	})
	return s
}

// copied is what x is in a copy of the bundle.
func copied(t testing.TB, s *Shelf, b Bundle) (string, error) {
	t.Helper()
	dir := t.TempDir()
	to, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if err := s.Use(t.Context(), b, func(tree *code.Tree) error { return tree.CopyTo(t.Context(), to) }); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, "x"))
	return string(text), err
}

func must(t testing.TB, s *Shelf, b Bundle, want string) {
	t.Helper()
	if got, err := copied(t, s, b); err != nil || got != want {
		t.Errorf("%.100q, %v, want %.100q", got, err, want)
	}
}

func (s *Shelf) dirs(t testing.TB) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(s.Dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestATreeIsMadeOnce(t *testing.T) {
	s, b := newShelf(t, 1<<20, 8), newBundle(t, "a", 5)
	s.Expect(b)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { must(t, s, b, "aaaaa") })
	}
	all.Wait()
	if s.count != 1 || len(s.dirs(t)) != 1 {
		t.Error(s.count, s.dirs(t))
	}
}

func TestWhatIsNotUsedGoes(t *testing.T) {
	a, b, c := newBundle(t, "a", 400), newBundle(t, "b", 400), newBundle(t, "c", 400)
	for what, s := range map[string]*Shelf{"trees": newShelf(t, 1<<20, 2), "bytes": newShelf(t, 1000, 8)} {
		for _, x := range []Bundle{a, b, a, c} {
			if _, err := copied(t, s, x); err != nil {
				t.Fatal(err)
			}
		}
		s.work.Wait() // whoever made a tree removes those it has no room for, a moment later
		if len(s.dirs(t)) != 2 || s.trees[b.Digest] != nil || s.trees[a.Digest] == nil {
			t.Errorf("%s: %v", what, s.dirs(t))
		}
		must(t, s, b, strings.Repeat("b", 400))
	}
}

func TestATreeInUseStays(t *testing.T) {
	s, a, b := newShelf(t, 1<<20, 1), newBundle(t, "a", 3), newBundle(t, "b", 3)
	err := s.Use(t.Context(), a, func(*code.Tree) error {
		must(t, s, b, "bbb")
		s.makeRoom()
		if got, err := os.ReadFile(filepath.Join(s.trees[a.Digest].dir, "x")); string(got) != "aaa" {
			t.Error(string(got), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeKept(t *testing.T) {
	s := newShelf(t, 1000, 8)
	wrong := newBundle(t, "a", 3)
	wrong.Digest = newBundle(t, "b", 3).Digest
	text := newBundle(t, "c", 3)
	if err := os.WriteFile(text.Path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	text.Digest = fmt.Sprintf("sha256:%x", sha256.Sum256([]byte("text")))
	for part, b := range map[string]Bundle{
		"wanted sha256:": wrong, "no zip archive": text, "too large|larger than": newBundle(t, "d", 1001), "no such file": {Path: wrong.Path + "x"},
	} {
		_, err := copied(t, s, b)
		if err == nil || !strings.Contains(err.Error(), strings.Split(part, "|")[strings.Count(part, "|")]) {
			t.Errorf("%s: %v", part, err)
		}
	}
	if left := s.dirs(t); len(left) > 0 {
		t.Error("left", left)
	}
}

func TestADamagedTreeIsMadeAgain(t *testing.T) {
	s, b := newShelf(t, 1<<20, 8), newBundle(t, "a", 5)
	must(t, s, b, "aaaaa")
	if err := os.Remove(filepath.Join(s.dirs(t)[0], "x")); err != nil {
		t.Fatal(err)
	}
	if _, err := copied(t, s, b); !errors.Is(err, code.ErrDamaged) {
		t.Error(err)
	}
	must(t, s, b, "aaaaa")
	if err := os.RemoveAll(s.Dir); err != nil {
		t.Fatal(err)
	}
	if _, err := copied(t, s, b); !errors.Is(err, code.ErrDamaged) {
		t.Error(err)
	}
	must(t, s, b, "aaaaa")
}

func TestAChangedBundleIsNotServed(t *testing.T) {
	s, b, other := newShelf(t, 1<<20, 8), newBundle(t, "a", 5), newBundle(t, "b", 6)
	must(t, s, b, "aaaaa")
	if err := os.Rename(other.Path, b.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := copied(t, s, b); err == nil || !strings.Contains(err.Error(), "wanted "+b.Digest) {
		t.Error(err)
	}
}

func TestAFullDiskGetsRoom(t *testing.T) {
	s, a, b := newShelf(t, 1<<20, 8), newBundle(t, "a", 5), newBundle(t, "b", 5)
	must(t, s, a, "aaaaa")
	full := &worker.Failure{Kind: worker.ResourceExhausted}
	if err := s.Use(t.Context(), b, func(*code.Tree) error { return full }); !errors.Is(err, full) {
		t.Error(err)
	}
	if left := s.dirs(t); len(left) != 1 { // the one that was in use
		t.Error(left)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	s, b := newShelf(t, 1<<20, 8), newBundle(t, "a", 5)
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	cancel(enough)
	k, _ := s.take(b)
	<-k.ready
	k.ready = make(chan struct{}) // as if it took long
	if err := s.Use(ctx, b, nil); !errors.Is(err, enough) {
		t.Error(err)
	}
	s.putBack(k)
}

// Many callers, few places: everybody gets the code that was asked for.
func TestUnderPressure(t *testing.T) {
	s := newShelf(t, 2000, 2)
	bundles := map[string]Bundle{}
	for _, letter := range []string{"a", "b", "c", "d", "e"} {
		bundles[letter] = newBundle(t, letter, 700)
	}
	var all sync.WaitGroup
	var served atomic.Int64
	for letter, b := range bundles {
		for range 4 {
			all.Go(func() {
				for range 20 {
					must(t, s, b, strings.Repeat(letter, 700))
					served.Add(1)
				}
			})
		}
	}
	all.Wait()
	s.work.Wait() // whoever made a tree removes those it has no room for, a moment later
	if n := len(s.dirs(t)); n > 2 || served.Load() != 400 {
		t.Error(n, "trees are left;", served.Load(), "copies")
	}
}
