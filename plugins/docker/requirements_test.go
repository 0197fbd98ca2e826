package docker

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/fnhost/fn/sdk"
)

// wheel is a package of python, installable without a network.
func wheel(t *testing.T, name string) string {
	t.Helper()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	info := name + "-1.0.dist-info/"
	for path, content := range map[string]string{
		name + ".py":      "def said():\n    return '" + name + "'\n",
		info + "METADATA": "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n",
		info + "WHEEL":    "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		info + "RECORD":   "",
	} {
		w, err := z.Create(path)
		if err == nil {
			_, err = w.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

func TestWhatAFunctionRequiresIsThere(t *testing.T) {
	p := newPlace(t, nil)
	f := p.function("f", languagePython, map[string]string{
		"requirements.txt":                   "--no-index\n--find-links wheels\ntitles==1.0\n",
		"wheels/titles-1.0-py3-none-any.whl": wheel(t, "titles"),
		"handler.py":                         "import titles\ndef handler(event, context):\n    return titles.said()\n",
	})
	fails(t, p.call(t.Context(), f, "{}").err, sdk.NotFound, "fn deploy f")
	p.deploy(f)
	for range 2 {
		if a := p.call(t.Context(), f, "{}"); a.err != nil || a.result != `"titles"` {
			t.Fatalf("%+v", a)
		}
	}
}

func TestARuntimePreloads(t *testing.T) {
	p := newPlace(t, nil)
	r := sdk.Runtime{Name: "quick", Language: languagePython, Preload: []string{"decimal"}}
	if err := p.PrepareRuntime(t.Context(), r, quiet); err != nil {
		t.Fatal(err)
	}
	f := p.function("f", languagePython, map[string]string{
		"handler.py": "import sys\nthere = 'decimal' in sys.modules\ndef handler(event, context):\n    return there\n",
	})
	f.Runtime = r
	p.deploy(f)
	if a := p.call(t.Context(), f, "{}"); a.err != nil || a.result != "true" {
		t.Errorf("%+v", a)
	}
	r.Preload = []string{"nothing_of_that_name"}
	fails(t, p.PrepareRuntime(t.Context(), r, quiet), sdk.Invalid, "nothing_of_that_name")
}
