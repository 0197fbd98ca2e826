package local

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/fnhost/fn/sdk"
)

// zipped is a zip of texts.
func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// wheel is a python package of one module.
func wheel(t testing.TB, name, source string) string {
	info := name + "-1.0.dist-info/"
	return string(zipped(t, map[string]string{
		name + ".py":      source,
		info + "METADATA": "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n",
		info + "WHEEL":    "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		info + "RECORD":   name + ".py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n",
	}))
}

// withCode gives a function this code.
func (p *place) withCode(f sdk.Function, files map[string]string) sdk.Function {
	p.t.Helper()
	code := zipped(p.t, files)
	path := filepath.Join(p.dir, fmt.Sprintf("%x.zip", sha256.Sum256(code)))
	if err := os.WriteFile(path, code, 0o600); err != nil {
		p.t.Fatal(err)
	}
	f.Code = sdk.Bundle{Path: path, Digest: fmt.Sprintf("sha256:%x", sha256.Sum256(code)), Size: int64(len(code))}
	return f
}

// installs counts how often progress tells of an installation that begins.
func installs(n *int) sdk.Progress {
	var mu sync.Mutex
	return func(step string, done, _ int64, _ string) {
		mu.Lock()
		defer mu.Unlock()
		if step == "installing requirements" && done == 0 {
			*n++
		}
	}
}

// A function finds what it requires, also in workers that have it loaded before
// a call; what is installed is used again, and installed again when it is lost.
func TestRequirements(t *testing.T) {
	p := newPlace(t, `{}`, nil)
	needsPython(t, p)
	files := map[string]string{
		"handler.py":                           "import tiny\ndef handler(event, context):\n    return tiny.value",
		"requirements.txt":                     "tiny",
		"wheels/tiny-1.0-py3-none-any.whl":     wheel(t, "tiny", "value = 42"),
		"wheels/unneeded-1.0-py3-none-any.whl": wheel(t, "unneeded", ""),
	}
	f := p.withCode(p.function("f", languagePython, ""), files)
	n := 0
	deploy := func(f sdk.Function) {
		t.Helper()
		if _, err := p.Deploy(t.Context(), f, installs(&n)); err != nil {
			t.Fatal(err)
		}
	}
	deploy(f)
	if got := p.result(f, "{}"); got != "42" || n != 1 {
		t.Errorf("%s after %d installations", got, n)
	}
	files["handler.py"] += " + 1"
	second := p.withCode(f, files)
	second.Version, second.Warm = 2, 1
	deploy(second)
	p.rested()
	a := p.call(t.Context(), second, "{}")
	if a.err != nil || a.result != "43" || a.Start != sdk.StartSpecialised || n != 1 {
		t.Errorf("%s, %s, %v after %d installations", a.result, a.Start, a.err, n)
	}
	all, err := os.ReadDir(p.packages.store.Dir) // which is what waiting workers see
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range all {
		if err := os.RemoveAll(filepath.Join(p.packages.store.Dir, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	fails(t, p.call(t.Context(), second, "{}").err, sdk.NotFound, "is not installed")
	deploy(second)
	if got := p.result(second, "{}"); got != "43" || n != 2 {
		t.Errorf("%s after %d installations", got, n)
	}
}

// A runtime has its packages and preloads in every worker, and only there.
func TestSpecificRuntime(t *testing.T) {
	p := newPlace(t, `{}`, nil)
	needsPython(t, p)
	wheels := t.TempDir()
	for name, source := range map[string]string{"tiny": "value = 42", "own": "value = 1"} {
		path := filepath.Join(wheels, name+"-1.0-py3-none-any.whl")
		if err := os.WriteFile(path, []byte(wheel(t, name, source)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := sdk.Runtime{
		Name: "sci", Language: languagePython, Preload: []string{"tiny", "decimal"},
		Requirements: "tiny\n--no-index\n--find-links " + wheels,
	}
	n := 0
	for range 2 {
		if err := p.PrepareRuntime(t.Context(), r, installs(&n)); err != nil {
			t.Fatal(err)
		}
	}
	if n != 1 {
		t.Errorf("%d installations", n)
	}
	const source = "import sys\nbefore = 'tiny' in sys.modules\nimport tiny\ndef handler(event, context):\n    return [tiny.value, before, 'decimal' in sys.modules]"
	f := p.function("f", languagePython, source)
	f.Runtime = r
	p.deploy(f)
	if got := p.result(f, "{}"); got != "[42, true, true]" {
		t.Error(got)
	}
	other := p.deployed("other", languagePython, source)
	fails(t, p.call(t.Context(), other, "{}").err, sdk.FunctionFailed, "No module named 'tiny'")

	// The function's own come first.
	f = p.withCode(f, map[string]string{
		"handler.py":       "import tiny, own\ndef handler(event, context):\n    return [tiny.value, own.value]",
		"requirements.txt": "own\n--no-index\n--find-links " + wheels,
	})
	f.Version = 2
	p.deploy(f)
	if got := p.result(f, "{}"); got != "[42, 1]" {
		t.Error(got)
	}

	r.Preload = []string{"nowhere"}
	fails(t, p.PrepareRuntime(t.Context(), r, installs(&n)), sdk.Invalid, "No module named 'nowhere'")
	f.Runtime.Preload = r.Preload
	_, err := p.Deploy(t.Context(), f, installs(&n))
	fails(t, err, sdk.Invalid, "a worker that imports nowhere does not start")
	r.Requirements, r.Preload = "surely-nowhere\n--no-index", nil
	fails(t, p.PrepareRuntime(context.Background(), r, installs(&n)), sdk.Invalid, "No matching distribution found for surely-nowhere")
}
