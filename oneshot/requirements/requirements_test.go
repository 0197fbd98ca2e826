package requirements

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/fnhost/fn/sdk"
)

// files are names and contents.
type files map[string]string

// function is one with this code, in a language.
func function(t testing.TB, language string, code files) sdk.Function {
	t.Helper()
	path := filepath.Join(t.TempDir(), "code.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, text := range code {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return sdk.Function{Name: "f", Runtime: sdk.Runtime{Language: language}, Code: sdk.Bundle{Path: path}}
}

func needs(t testing.TB, f sdk.Function) Needs {
	t.Helper()
	n, err := OfFunction(f)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatNeedsNothing(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]sdk.Function{
		"empty":         function(t, "python", files{"requirements.txt": "\n# nothing\n\n"}),
		"none":          function(t, "python", files{"handler.py": ""}),
		"further down":  function(t, "python", files{"a/requirements.txt": "six"}),
		"modules":       function(t, "node", files{"package.json": `{"dependencies":{"a":"1"}}`, "node_modules/a/index.js": ""}),
		"no dependency": function(t, "node", files{"package.json": `{"devDependencies":{"a":"1"}}`}),
		"exec":          function(t, "exec", files{"requirements.txt": "six"}),
	} {
		if n := needs(t, f); n.Any() {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

// Which files of the code decide what is installed.
func TestWhatDecides(t *testing.T) {
	t.Parallel()
	key := func(code files) string { return needs(t, function(t, "python", code)).Key("3.11") }
	plainly := key(files{"requirements.txt": "six==1.0 ; python_version > '3'\nnumpy[extra]>=1,<2\n--index-url https://x.org/s", "a.py": "1"})
	if key(files{"requirements.txt": "six==1.0 ; python_version > '3'\nnumpy[extra]>=1,<2\n--index-url https://x.org/s", "a.py": "2"}) != plainly {
		t.Error("a change of the code installs again")
	}
	for _, c := range []struct {
		text, file string
		want       bool
	}{
		{"-r other.txt", "other.txt", true},
		{"./lib", "lib/setup.py", true},
		{"lib @ file:lib", "lib/setup.py", true},
		{"--find-links vendor\nsix", "vendor/six.whl", true},
		{"--find-links vendor\nsix", "handler.py", false},
		{"six", "wheels/six.whl", true},
		{"six", "handler.py", false},
	} {
		one := key(files{"requirements.txt": c.text, c.file: "1"})
		two := key(files{"requirements.txt": c.text, c.file: "2"})
		if (one != two) != c.want {
			t.Errorf("%q: a change of %s installs again: %v", c.text, c.file, one != two)
		}
	}
	if (Needs{Language: Python, Text: []string{"x"}}).Key("3.11") == (Needs{Language: Python, Text: []string{"x"}}).Key("3.12") {
		t.Error("another interpreter has the same packages")
	}
}

func TestWhatIsNamedByAnAbsolutePath(t *testing.T) {
	there, _ := filepath.Abs(t.TempDir())
	place := func(path string) string {
		if path != there {
			t.Errorf("asked for %q", path)
		}
		return "/links"
	}
	for text, want := range map[string]string{
		"six\n--find-links " + there + " # here\n--no-index\n":                "six\n--find-links /links\n--no-index\n",
		"-f file://" + filepath.ToSlash(there) + "\nsix":                      "--find-links /links\nsix",
		"--find-links wheels\n--find-links https://x.org/\nsix # -f /nowhere": "--find-links wheels\n--find-links https://x.org/\nsix # -f /nowhere",
	} {
		if got := (Needs{Language: Python, Text: []string{text}}).Elsewhere(place); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
	text := `{"dependencies":{"a":"file:` + filepath.ToSlash(there) + `","b":"1","c":"file:./c"}}`
	want := `{"dependencies":{"a":"file:/links","b":"1","c":"file:./c"}}`
	if got := (Needs{Language: Node, Text: []string{text}}).Elsewhere(place); got != want {
		t.Errorf("%q became %q", text, got)
	}
}
