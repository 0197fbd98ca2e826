package code

import (
	"archive/zip"
	"bytes"
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
func pack(t testing.TB, entries ...entry) *bytes.Reader {
	t.Helper()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
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
	return bytes.NewReader(packed.Bytes())
}

func unpacked(t testing.TB, dir string, entries ...entry) *Tree {
	t.Helper()
	packed := pack(t, entries...)
	tree, err := Unpack(packed, packed.Size(), dir, worker.MaxCodeBytes)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestUnpack(t *testing.T) {
	dir := t.TempDir()
	tree := unpacked(t, dir,
		entry{"run", "#!", 0o755}, entry{"data/", "", 0o755 | fs.ModeDir}, entry{"data/x/y.txt", "text", 0o644},
		entry{"locked", "", 0}, entry{"link", "data/x/y.txt", 0o777 | fs.ModeSymlink}, entry{"data/up", "../run", 0o777 | fs.ModeSymlink},
	)
	if tree.Bytes() != 6 {
		t.Errorf("it has %d bytes", tree.Bytes())
	}
	for name, want := range map[string]string{"run": "#!", "data/x/y.txt": "text", "link": "text", "data/up": "#!", "locked": ""} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if info, _ := os.Stat(filepath.Join(dir, "run")); info.Mode().Perm()&0o100 == 0 {
		t.Error("run is not executable")
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
		packed := pack(t, entries...)
		if _, err := Unpack(packed, packed.Size(), dir, worker.MaxCodeBytes); !errors.As(err, &f) || f.Kind != worker.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if around, _ := os.ReadDir(parent); len(around) != 1 {
			t.Errorf("%s: wrote %v", name, around)
		}
	}
	if _, err := Unpack(strings.NewReader("no zip"), 6, t.TempDir(), worker.MaxCodeBytes); err == nil || !strings.Contains(err.Error(), "no zip archive") {
		t.Errorf("no zip: %v", err)
	}
}

func TestUnpackBoundsSize(t *testing.T) {
	packed := pack(t, entry{"x", strings.Repeat("x", 1<<20), 0o644}, entry{"y", "y", 0o644})
	for most, fits := range map[int64]bool{0: false, 1 << 20: false, 1<<20 + 1: true} {
		var f *worker.Failure
		_, err := Unpack(packed, packed.Size(), t.TempDir(), most)
		if fits != (err == nil) || !fits && (!errors.As(err, &f) || f.Kind != worker.ResourceExhausted) {
			t.Errorf("at most %d bytes: %v", most, err)
		}
	}
}
