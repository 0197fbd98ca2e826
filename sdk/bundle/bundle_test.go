package bundle_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// tree makes files below a new directory: name to content; "*" at the end of a
// name makes it executable, and a content "-> X" makes it a link to X.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		name, executable := strings.CutSuffix(name, "*")
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			if err := os.Symlink(target, file); err != nil {
				t.Skip("no links here:", err)
			}
			continue
		}
		mode := os.FileMode(0o600)
		if executable {
			mode = 0o700
		}
		if err := os.WriteFile(file, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(s bundle.Summary) []string {
	var out []string
	for _, f := range s.Files {
		out = append(out, f.Name)
	}
	return out
}

func pack(t *testing.T, path string) (bundle.Summary, []byte) {
	t.Helper()
	var zip bytes.Buffer
	s, err := bundle.Pack(&zip, path, bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, zip.Bytes()
}

func TestThereAndBack(t *testing.T) {
	dir := tree(t, map[string]string{"run*": "#!/bin/sh\n", "lib/a.txt": "a", "lib/b/c": strings.Repeat("c", 100_000), "empty": ""})
	s, zip := pack(t, dir)
	if want := []string{"empty", "lib/a.txt", "lib/b/c", "run"}; !cmp.Equal(names(s), want) {
		t.Error(cmp.Diff(want, names(s)))
	}
	if s.Size != int64(len(zip)) || s.Files[2].Size != 100_000 {
		t.Errorf("%+v for %d bytes", s, len(zip))
	}
	file := filepath.Join(t.TempDir(), "b.zip")
	if err := os.WriteFile(file, zip, 0o600); err != nil {
		t.Fatal(err)
	}
	if digest, err := bundle.Digest(file); err != nil || digest != s.Digest {
		t.Errorf("Digest is %q, %v; Pack said %q", digest, err, s.Digest)
	}
	out := filepath.Join(t.TempDir(), "new", "dir")
	if err := bundle.Unpack(file, out); err != nil {
		t.Fatal(err)
	}
	again, _ := pack(t, out)
	if again.Digest != s.Digest {
		t.Errorf("unpacked and packed again, the digest is another:\n%s", cmp.Diff(s, again))
	}
	if err := bundle.Unpack(file, out); fault.KindOf(err) != fault.Conflict {
		t.Errorf("over existing files: %v", err)
	}
}

// The digest names versions in users' databases. When this fails, a new Go
// compresses otherwise: every function would be a new version.
func TestBytesAreTheSameEverywhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not tell what is executable")
	}
	files := map[string]string{"run*": "#!/bin/sh\ncat\n", "data/x": strings.Repeat("0123456789\n", 1000)}
	first := tree(t, files)
	second := tree(t, files)
	if err := os.Chtimes(filepath.Join(second, "run"), time.Now(), time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(second, "data", "x"), 0o644); err != nil {
		t.Fatal(err)
	}
	a, _ := pack(t, first)
	b, _ := pack(t, second)
	const want = "sha256:b5db25f7f0b9cfe8ca78ffd109dc6efa9e5d587801e32f843b2a99e30fcb8837"
	if a.Digest != want || b.Digest != want {
		t.Errorf("digests are\n%s\n%s\nwant\n%s", a.Digest, b.Digest, want)
	}
}

func TestWhatIsNotCode(t *testing.T) {
	files := map[string]string{
		"run*": "", "fn.toml": "", ".fnignore": "*.log\n/data/\n!keep.log\n", ".git/config": "", ".DS_Store": "",
		"lib/__pycache__/a.pyc": "", "lib/b.pyc": "", "lib/fn.toml": "", "a.log": "", "keep.log": "",
		"data/x": "", "lib/data/x": "", "node_modules/m/index.js": "",
	}
	s, _ := pack(t, tree(t, files))
	want := []string{"keep.log", "lib/data/x", "lib/fn.toml", "node_modules/m/index.js", "run"}
	if diff := cmp.Diff(want, names(s)); diff != "" {
		t.Error(diff)
	}
	files["fn.toml"], files[".fnignore"] = "memory = \"1GiB\"", files[".fnignore"]+"# more\n"
	if again, _ := pack(t, tree(t, files)); again.Digest != s.Digest {
		t.Error("settings alone change the digest")
	}
}

func TestSingleFile(t *testing.T) {
	dir := tree(t, map[string]string{"fn.toml": "x", "other": "", "script*": "#!/bin/sh\n", "link": "-> script"})
	for _, name := range []string{"script", "link", "fn.toml"} {
		s, _ := pack(t, filepath.Join(dir, name))
		if len(s.Files) != 1 {
			t.Errorf("%s: %v", name, names(s))
		}
	}
}

func TestLinks(t *testing.T) {
	inside := tree(t, map[string]string{"real/a": "A", "b": "-> real/a", "dir": "-> real", "gone": "-> nothing", ".fnignore": "gone"})
	s, _ := pack(t, inside)
	if want := []string{"b", "dir/a", "real/a"}; !cmp.Equal(names(s), want) {
		t.Error(cmp.Diff(want, names(s)))
	}
	secret := filepath.Join(tree(t, map[string]string{"key": "secret"}), "key")
	for name, files := range map[string]map[string]string{
		"absolute":  {"run": "", "leak": "-> " + secret},
		"upwards":   {"run": "", "leak": "-> ../../../../../../../../etc/hosts"},
		"directory": {"run": "", "leak": "-> .."},
		"dangling":  {"run": "", "leak": "-> nothing"},
		"itself":    {"run": "", "leak": "-> leak"},
		"circle":    {"run": "", "sub/leak": "-> ../sub"},
	} {
		var zip bytes.Buffer
		_, err := bundle.Pack(&zip, tree(t, files), bundle.Options{})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "leak") || fault.From(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
		if name == "itself" && !strings.Contains(err.Error(), "the link leak leads back to itself") {
			t.Errorf("%s: %v", name, err)
		}
		if bytes.Contains(zip.Bytes(), []byte("secret")) {
			t.Errorf("%s: what the link points to was packed", name)
		}
	}
}

func TestRefusals(t *testing.T) {
	dir := tree(t, map[string]string{"a": "12345", "b": "12345"})
	for name, test := range map[string]struct {
		path    string
		options bundle.Options
		kind    fault.Kind
	}{
		"no such path": {filepath.Join(dir, "x"), bundle.Options{}, fault.NotFound},
		"empty":        {t.TempDir(), bundle.Options{}, fault.Invalid},
		"files":        {dir, bundle.Options{MaxFiles: 1}, fault.ResourceExhausted},
		"bytes":        {dir, bundle.Options{MaxBytes: 9}, fault.ResourceExhausted},
		"at the limit": {dir, bundle.Options{MaxFiles: 2, MaxBytes: 10}, ""},
	} {
		_, err := bundle.Pack(&bytes.Buffer{}, test.path, test.options)
		if test.kind == "" && err == nil {
			continue
		}
		if fault.KindOf(err) != test.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}
