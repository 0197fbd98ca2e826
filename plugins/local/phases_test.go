package local

import (
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

// The time that a function took until it failed to load is that of loading.
func TestLoadingThatFailsTookItsTime(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	const least = 300 * time.Millisecond
	fails := p.deployed("fails", languagePython, "import time\ntime.sleep(0.3)\nraise KeyError('x')\n")
	slow := p.function("slow", languagePython, "import time\ntime.sleep(60)\n")
	slow.Timeout = least
	p.deploy(slow)
	for kind, f := range map[sdk.Kind]sdk.Function{sdk.FunctionFailed: fails, sdk.Timeout: slow} {
		a := p.call(t.Context(), f, "{}")
		if sdk.KindOf(a.err) != kind || a.Phases.Init < least || a.Phases.Call != 0 {
			t.Errorf("%v: %+v, %v", kind, a.Report, a.err)
		}
	}
}
