package record

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)

func open(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRecordsSurviveTheProcess(t *testing.T) {
	dir := t.TempDir()
	want := Record{
		Name: "A/../b c", Version: 3, Runtime: "py", Language: "python", Handler: "handler.handler",
		Digest: "sha256:00", Deployed: noon,
	}
	if err := open(t, dir).Put(want); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Put(Record{Name: "a/../b c"}); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, dir).Get(want.Name)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if err := open(t, dir).Stop(want.Name, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Stop(want.Name, noon.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	got, _ = open(t, dir).Get(want.Name)
	if !got.Stopped.Equal(noon.Add(time.Hour)) {
		t.Error("stopped at", got.Stopped)
	}
	if diff := cmp.Diff([]string{"A/../b c", "a/../b c"}, names(t, open(t, dir))); diff != "" {
		t.Error(diff)
	}
}

func names(t *testing.T, s *Store) []string {
	t.Helper()
	names, err := s.Names()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestWhatIsNotThere(t *testing.T) {
	s := open(t, t.TempDir())
	if _, err := s.Get("x"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("get:", err)
	}
	if err := s.Stop("x", noon); !errors.Is(err, fs.ErrNotExist) {
		t.Error("stop:", err)
	}
	if err := s.Delete("x"); err != nil {
		t.Error("delete:", err)
	}
	if got := names(t, s); got != nil {
		t.Error("all:", got)
	}
}

func TestDamageIsNamedAndMended(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Put(Record{Name: "x"}); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{`{"name":"x"`, "", "null", `{"name":"y"}`} {
		if err := os.WriteFile(s.Path("x"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := s.Get("x")
		var e *sdk.Error
		if !errors.As(err, &e) || e.Kind != sdk.Conflict || !strings.Contains(err.Error(), "x.json") || e.Hint != "fn deploy x" {
			t.Errorf("%q: %v", content, err)
		}
	}
	if err := s.Put(Record{Name: "x"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("x"); err != nil {
		t.Error("after another deploy:", err)
	}
}

func TestInterruptedWritesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, ".new-123")
	if err := os.WriteFile(left, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := names(t, open(t, dir)); got != nil {
		t.Error(got)
	}
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// A Stop between Get and Put of another process must not be lost, and no reader
// may ever see half a record.
func TestChangesDoNotGetLost(t *testing.T) {
	dir := t.TempDir()
	one, two := open(t, dir), open(t, dir)
	if err := one.Put(Record{Name: "x", Version: 1}); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 50 {
		group.Go(func() {
			if err := one.Stop("x", noon.Add(time.Duration(i))); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			if err := two.Put(Record{Name: "f" + strconv.Itoa(i), Version: i}); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			if _, err := two.Get("x"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if r, err := two.Get("x"); err != nil || !r.IsStopped() {
		t.Error(r, err)
	}
	if got := names(t, two); len(got) != 51 {
		t.Error(len(got), "functions, want 51")
	}
}

func TestEscapeIsUndone(t *testing.T) {
	for _, name := range []string{"", "hello", "Hello", "a%41", "..", "a/b", `a\b`, "ü\x00", "con "} {
		file := Escape(name)
		if Unescape(file) != name {
			t.Errorf("%q became %q", name, Unescape(file))
		}
		if strings.ContainsAny(file, `/\. `) || strings.ContainsFunc(file, outsideHex) {
			t.Errorf("%q is the file name %q", name, file)
		}
	}
}

// outsideHex finds capitals that are not hexadecimal digits.
func outsideHex(r rune) bool { return 'G' <= r && r <= 'Z' }
