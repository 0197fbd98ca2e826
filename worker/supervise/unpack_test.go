package supervise

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

type entry struct {
	name, text string
	mode       fs.FileMode
}

// pack writes a zip as an attacker might.
func pack(t testing.TB, entries ...entry) *bundle {
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
	return &bundle{memory: packed.Bytes(), size: int64(packed.Len())}
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
	if err := (&bundle{memory: []byte("no zip"), size: 6}).unpack(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no zip archive") {
		t.Errorf("no zip: %v", err)
	}
}

func TestUnpackBoundsSize(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	b := pack(t, entry{"x", strings.Repeat("x", 1000), 0o644})
	archive, err := zip.NewReader(b.content(), b.size)
	if err != nil {
		t.Fatal(err)
	}
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
	if err := worker.RemoveAll(dir); err != nil {
		t.Error(err)
	}
}

// Code that is not small waits in a file, which has no name any more.
func TestReceiveLargeCode(t *testing.T) {
	for _, size := range []int{0, inMemory, inMemory + 1, 3*inMemory + 5} {
		var sent bytes.Buffer
		out := frame.NewWriter(&sent)
		code := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		for chunk := range slices.Chunk(code, worker.ChunkBytes) {
			out.Write(frame.Code, chunk)
		}
		out.Write(frame.CodeEnd)
		dir := t.TempDir()
		b, err := receiveCode(frame.NewReader(&sent), filepath.Join(dir, "bundle"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(b.content(), 0, b.size))
		if err != nil || !bytes.Equal(got, code) || b.digest != fmt.Sprintf("sha256:%x", sha256.Sum256(code)) {
			t.Errorf("%d bytes came as %d, %v", size, len(got), err)
		}
		if (b.file != nil) != (size > inMemory) {
			t.Errorf("%d bytes: in a file %v", size, b.file != nil)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%d bytes left %v", size, left)
		}
		b.close()
	}
}
