//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
)

// environment makes a virtual environment with files in its site-packages, and
// returns its interpreter.
func environment(t *testing.T, packages files) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "venv")
	if out, err := exec.Command(interpreter(t), "-m", "venv", "--without-pip", dir).CombinedOutput(); err != nil {
		t.Fatalf("venv: %v\n%s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "lib", "python3*", "site-packages"))
	if err != nil || len(found) != 1 {
		t.Fatalf("site-packages: %v %v", found, err)
	}
	for name, text := range packages {
		if err := os.WriteFile(filepath.Join(found[0], name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "bin", "python3")
}

func TestPythonSitePackages(t *testing.T) {
	t.Parallel()
	python := environment(t, files{
		"installed.py":    "import linked\nvalue = linked.value + 1",
		"development.pth": "import sys; sys.path.append(sys.prefix + '/src')\n",
	})
	src := filepath.Join(filepath.Dir(filepath.Dir(python)), "src")
	if err := os.Mkdir(src, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(src, "linked.py"), []byte("value = 41"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, source, want string }{
		{"installed", "import installed\ndef handler(e, c): return installed.value", "42"},
		{"in the call", "def handler(e, c):\n import installed\n return installed.value", "42"},
		{"optional", "try:\n import nowhere\nexcept ImportError:\n nowhere = 7\ndef handler(e, c): return nowhere", "7"},
		{"untouched", "import sys\ndef handler(e, c): return [p for p in sys.path if 'site-packages' in p]", "[]"},
		{"exit", "def handler(e, c): return callable(exit) and callable(quit)", "true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, o := start(t, "python", "-interpreter", python), &outcome{}
			if _, err := p.inject(t, worker.Injection{}, py(c.source), o); err != nil {
				t.Fatal(err)
			}
			end, err := p.Call(within(t), worker.Call{}, strings.NewReader("{}"), o)
			if err != nil {
				t.Fatal(err)
			}
			o.end = end
			o.returns(t, c.want)
		})
	}
}

func TestPythonMissingModuleIsNamed(t *testing.T) {
	t.Parallel()
	o := run(t, "python", worker.Injection{}, py("import nowhere\ndef handler(e, c): pass"), worker.Call{}, "{}")
	f := o.fails(t, worker.FunctionFailed, "No module named 'nowhere'")
	if f.Function.ErrorType != "ModuleNotFoundError" || bytes.Contains([]byte(strings.Join(f.Function.StackTrace, "")), []byte("bootstrap")) {
		t.Errorf("%+v", f.Function)
	}
}
