package docker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

func TestTheImageOfARuntimeThatIsGone(t *testing.T) {
	p := newPlace(t, map[string]any{"warm": 0}) // a worker that waits would keep it
	wheels := t.TempDir()
	if err := os.WriteFile(filepath.Join(wheels, "kept-1.0-py3-none-any.whl"), []byte(wheel(t, "kept")), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := sdk.Runtime{Name: "python", Language: languagePython}
	specific := sdk.Runtime{Name: "specific", Language: languagePython, Requirements: "--no-index\n--find-links " + wheels + "\nkept\n"}
	baseless := sdk.Runtime{Name: "baseless", Language: languagePython, Image: "fn-test-nowhere:1", Requirements: "kept\n"}
	if err := p.PrepareRuntime(t.Context(), specific, quiet); err != nil {
		t.Fatal(err)
	}
	removes := func(want int, age time.Duration, runtimes ...sdk.Runtime) {
		t.Helper()
		p.Now = func() time.Time { return time.Now().Add(age) }
		removed, err := p.Collect(t.Context(), runtimes, quiet)
		images := 0
		for _, what := range removed {
			if strings.Contains(what, "with packages of no runtime") {
				images++
			}
		}
		if images != want || err != nil {
			t.Errorf("%d of %v: removed %q, %v", want, runtimes, removed, err)
		}
	}
	removes(0, 2*keepImages, plain, specific)
	removes(0, 2*keepImages, plain, baseless) // of which it might be
	removes(0, 2*keepImages)                  // from a host that does not tell
	removes(0, 0, plain)
	removes(1, 2*keepImages, plain)
	removes(0, 2*keepImages, plain)
	if locks, err := filepath.Glob(filepath.Join(p.dir, "state", ".lock-*")); err != nil || len(locks) > 0 {
		t.Errorf("left: %v, %v", locks, err)
	}
}
