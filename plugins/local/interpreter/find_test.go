package interpreter

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
)

// place is a PATH with one directory, where python3 is a script.
type place struct {
	t      *testing.T
	bin    string
	asked  string // gets a line each time the script is started
	finder func() *Finder
}

func newPlace(t *testing.T, script string) place {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there are no shell scripts on windows")
	}
	dir := t.TempDir()
	p := place{t: t, bin: filepath.Join(dir, "bin"), asked: filepath.Join(dir, "asked")}
	if err := os.Mkdir(p.bin, 0o755); err != nil {
		t.Fatal(err)
	}
	p.write(script)
	p.finder = func() *Finder {
		return &Finder{
			Language: Python(),
			Path:     strings.Join([]string{"relative", p.bin, "/usr/bin"}, string(filepath.ListSeparator)),
			Env:      []string{"PATH=" + p.bin + ":/usr/bin:/bin"},
			Cache:    filepath.Join(dir, "interpreter.json"),
		}
	}
	return p
}

func (p place) write(script string) {
	p.t.Helper()
	script = "#!/bin/sh\necho >>" + p.asked + "\n" + script + "\n"
	if err := os.WriteFile(filepath.Join(p.bin, "python3"), []byte(script), 0o755); err != nil {
		p.t.Fatal(err)
	}
}

func (p place) timesAsked() int {
	data, _ := os.ReadFile(p.asked)
	return strings.Count(string(data), "\n")
}

func answers(path, version string) string {
	return `echo '{"Path": "` + path + `", "Version": "` + version + `"}'`
}

func find(t *testing.T, f *Finder) Interpreter {
	t.Helper()
	found, err := f.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheRealOneIsFoundBehindAScript(t *testing.T) {
	real, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		t.Skip("there is no ", real)
	}
	p := newPlace(t, `exec /usr/bin/python3 "$@"`)
	got := find(t, p.finder())
	if filepath.Dir(got.Path) == p.bin || !filepath.IsAbs(got.Path) {
		t.Errorf("found %q", got.Path)
	}
	if sdk.CompareVersions(got.Version, "3") < 0 {
		t.Errorf("version %q", got.Version)
	}
}

func TestAScriptIsAskedOnceUntilSomethingChanges(t *testing.T) {
	p := newPlace(t, answers("/bin/sh", "3.11.2"))
	first := p.finder()
	find(t, first)
	find(t, first)
	find(t, p.finder())
	if n := p.timesAsked(); n != 1 {
		t.Errorf("asked %d times, want 1", n)
	}
	p.write(answers("/bin/sh", "3.100.0"))
	if got := find(t, first).Version; got != "3.100.0" {
		t.Errorf("after a change it is still %s", got)
	}
	if err := os.WriteFile(first.Cache, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	find(t, p.finder())
	if n := p.timesAsked(); n != 3 {
		t.Errorf("asked %d times, want 3: the cache was damaged", n)
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	for _, test := range []struct{ name, script, message string }{
		{"too old, though 3.10 is less than 3.8 as text", answers("/bin/sh", "3.7.17"), "is Python 3.7.17, at least 3.8 is needed"},
		{"does not start", "echo no such version >&2; exit 3", "exit status 3 (no such version)"},
		{"talks about something else", "echo hello", "does not start"},
		{"no path", answers("python", "3.9.0"), `calls itself "python"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := newPlace(t, test.script).finder().Find(t.Context())
			var e *sdk.Error
			if !errors.As(err, &e) || e.Kind != sdk.Unavailable || e.Hint == "" || !strings.Contains(e.Message, test.message) {
				t.Errorf("%+v", err)
			}
		})
	}
	if _, err := (&Finder{Language: Node(), Path: t.TempDir()}).Find(t.Context()); sdk.KindOf(err) != sdk.Unavailable {
		t.Error("an empty PATH:", err)
	}
	if got := find(t, newPlace(t, answers("/bin/sh", "3.10.0")).finder()).Version; got != "3.10.0" {
		t.Error(got)
	}
}

func TestNodeIsFoundBehindAScript(t *testing.T) {
	if _, err := exec.LookPath("/usr/bin/node"); err != nil {
		t.Skip("there is no /usr/bin/node")
	}
	p := newPlace(t, "exit 1")
	shim := filepath.Join(p.bin, "nodejs")
	if err := os.WriteFile(shim, []byte("#!/bin/sh\nexec /usr/bin/node \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	f := p.finder()
	f.Language, f.Path = Node(), p.bin
	if got := find(t, f); got.Path == shim || !filepath.IsAbs(got.Path) || sdk.CompareVersions(got.Version, "18") < 0 {
		t.Errorf("found %+v", got)
	}
}
