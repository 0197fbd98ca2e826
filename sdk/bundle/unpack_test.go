package bundle_test

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// made is a zip with the given names, each holding its own name.
func made(t testing.TB, mode fs.FileMode, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		h := &zip.FileHeader{Name: name}
		h.SetMode(mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "/") {
			if _, err := w.Write([]byte(name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// unpack returns the directory that content was unpacked in, which lies alone in
// another one.
func unpack(t testing.TB, content []byte) (dir string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "b.zip")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "out")
	return dir, bundle.Unpack(file, dir)
}

func TestUnpackRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		content []byte
		kind    fault.Kind
	}{
		"upwards":   {made(t, 0o644, "../x"), fault.Invalid},
		"inner":     {made(t, 0o644, "a/../../x"), fault.Invalid},
		"absolute":  {made(t, 0o644, "/etc/x"), fault.Invalid},
		"backslash": {made(t, 0o644, `..\x`), fault.Invalid},
		"empty":     {made(t, 0o644, ""), fault.Invalid},
		"root":      {made(t, 0o755, "/"), fault.Invalid},
		"link":      {made(t, fs.ModeSymlink|0o777, "x"), fault.Invalid},
		"device":    {made(t, fs.ModeDevice|0o600, "x"), fault.Invalid},
		"twice":     {made(t, 0o644, "x", "x"), fault.Conflict},
		"not a zip": {[]byte("PK"), fault.Invalid},
		"cut":       {made(t, 0o644, "x")[:20], fault.Invalid},
	} {
		_, err := unpack(t, test.content)
		if fault.KindOf(err) != test.kind {
			t.Errorf("%s: %v is %s", name, err, fault.KindOf(err))
		}
	}
	if err := bundle.Unpack(filepath.Join(t.TempDir(), "none.zip"), t.TempDir()); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no zip: %v", err)
	}
}

func TestUnpackDamaged(t *testing.T) {
	content := made(t, 0o644, "some/file")
	content[bytes.LastIndex(content[:60], []byte("some/file"))]++ // in the stored data
	if _, err := unpack(t, content); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a flipped bit is not noticed: %v", err)
	}
}

// Through a link that is there already nothing is written.
func TestUnpackFollowsNoLinkOut(t *testing.T) {
	outside := t.TempDir()
	dir := tree(t, map[string]string{"way": "-> " + outside})
	file := filepath.Join(t.TempDir(), "b.zip")
	if err := os.WriteFile(file, made(t, 0o644, "way/x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := bundle.Unpack(file, dir); err == nil {
		t.Error("no error")
	}
	if entries, _ := os.ReadDir(outside); len(entries) > 0 {
		t.Errorf("it wrote %v", entries)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(made(f, 0o755, "run", "lib/", "lib/a"))
	f.Add(made(f, 0o644, "../x", "a/../../y"))
	f.Add(made(f, fs.ModeSymlink, "x", "x/y"))
	f.Fuzz(func(t *testing.T, content []byte) {
		dir, _ := unpack(t, content)
		beside, err := os.ReadDir(filepath.Dir(dir))
		if err != nil {
			t.Fatal(err)
		}
		if len(beside) > 1 {
			t.Fatalf("it wrote outside: %v", beside)
		}
		_ = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && !entry.Type().IsRegular() {
				t.Errorf("it made %s, %v", name, entry.Type())
			}
			return nil
		})
	})
}
