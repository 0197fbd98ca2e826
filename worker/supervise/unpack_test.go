package supervise

import (
	"archive/zip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
)

type entry struct {
	name, text string
	mode       fs.FileMode
}

// pack writes a zip as an attacker might.
func pack(t testing.TB, entries ...entry) bundle {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bundle.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := zip.NewWriter(file)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		header.SetMode(e.mode)
		part, err := w.CreateHeader(header)
		if err == nil {
			_, err = part.Write([]byte(e.text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return bundle{path: path, size: 1}
}

func TestUnpack(t *testing.T) {
	dir := t.TempDir()
	b := pack(t,
		entry{"run", "#!", 0o755}, entry{"data/", "", 0o755 | fs.ModeDir}, entry{"data/x/y.txt", "text", 0o644},
		entry{"locked", "", 0}, entry{"link", "data/x/y.txt", 0o777 | fs.ModeSymlink}, entry{"data/up", "../run", 0o777 | fs.ModeSymlink},
	)
	if err := b.unpack(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"run": "#!", "data/x/y.txt": "text", "link": "text", "data/up": "#!", "locked": ""} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if info, _ := os.Stat(filepath.Join(dir, "run")); info.Mode().Perm()&0o100 == 0 {
		t.Error("run is not executable")
	}
	if _, err := os.Stat(b.path); err == nil {
		t.Error("the packed file is left")
	}
}

func TestUnpackRefuses(t *testing.T) {
	const link = 0o777 | fs.ModeSymlink
	for name, entries := range map[string][]entry{
		"up":             {{"../x", "", 0o644}},
		"up later":       {{"a/../../x", "", 0o644}},
		"absolute":       {{"/tmp/x", "", 0o644}},
		"backslash":      {{`..\x`, "", 0o644}},
		"empty":          {{"", "", 0o644}},
		"twice":          {{"x", "", 0o644}, {"x", "", 0o644}},
		"link out":       {{"x", "../y", link}},
		"link absolute":  {{"x", "/etc", link}},
		"through a link": {{"x", ".", link}, {"x/y", "", 0o644}},
		"link over file": {{"x", "", 0o644}, {"x", "y", link}},
		"device":         {{"x", "", 0o644 | fs.ModeDevice}},
	} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "code")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		var f *worker.Failure
		if err := pack(t, entries...).unpack(dir); !errors.As(err, &f) || f.Kind != worker.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if around, _ := os.ReadDir(parent); len(around) != 1 {
			t.Errorf("%s: wrote %v", name, around)
		}
	}
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("no zip"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (bundle{path: path, size: 6}).unpack(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no zip archive") {
		t.Errorf("no zip: %v", err)
	}
}

func TestUnpackBoundsSize(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	archive, err := zip.OpenReader(pack(t, entry{"x", strings.Repeat("x", 1000), 0o644}).path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	u := unpacking{root: root, made: map[string]bool{".": true}, left: 999}
	if err := u.add(archive.File[0]); !errors.Is(err, errTooLarge) {
		t.Error(err)
	}
}

func TestRemoveAllDespiteModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "w")
	for _, sub := range []string{"a/b/c", "d"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	os.Chmod(filepath.Join(dir, "a/b"), 0o500)
	os.Chmod(filepath.Join(dir, "a"), 0)
	if err := removeAll(dir); err != nil {
		t.Error(err)
	}
}
