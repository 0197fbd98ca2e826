package local

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/process"
)

const loadsLoudly = `
import os
print("loading")
pid = os.getpid()
def handler(event, context):
    print("called")
    return [pid == os.getpid(), os.environ["COLOUR"], event]
`

// kept makes and deploys a function that keeps workers of its own.
func (p *place) kept(name, source string, warm int, change func(*sdk.Function)) sdk.Function {
	p.t.Helper()
	f := p.function(name, languagePython, source)
	f.Warm, f.Env = warm, map[string]string{"COLOUR": "blue"}
	if change != nil {
		change(&f)
	}
	p.deploy(f)
	return f
}

// ofFunction is the state of a function's own workers.
func (p *place) ofFunction(name string) (found sdk.PoolEntry) {
	for _, e := range p.pool() {
		if e.Function == name && e.Want > 0 { // none of a version before
			found = e
		}
	}
	return found
}

func TestASpecialisedWorkerHasTheFunctionLoaded(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	f := p.kept("f", loadsLoudly, 2, nil)
	for range 3 {
		p.rested()
		if s := p.ofFunction("f"); s.Warm != 2 || s.Want != 2 {
			t.Fatalf("%+v", s)
		}
		a := p.call(t.Context(), f, `"x"`)
		if a.err != nil || a.result != `[true, "blue", "x"]` || a.log != "loading\ncalled\n" {
			t.Errorf("%+v", a)
		}
		if a.Start != sdk.StartSpecialised || a.Phases.Init != 0 || a.Phases.Inject > time.Millisecond {
			t.Errorf("%+v", a.Report)
		}
	}
	entries, _ := p.Pool(t.Context())
	if len(entries) != 2 || entries[1].Function != "f" || entries[1].Why != "pinned by warm = 2 in fn.toml" || entries[1].HitRate != 1 {
		t.Errorf("%+v", entries)
	}
}

func TestSpecialisedWorkersGoWithTheirVersion(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	p.kept("f", loadsLoudly, 1, nil)
	p.rested()
	next := p.function("f", languagePython, "def handler(event, context):\n    return 2\n")
	next.Version, next.Warm = 2, 1
	p.deploy(next)
	p.rested()
	if a := p.call(t.Context(), next, "{}"); a.result != "2" || a.Start != sdk.StartSpecialised {
		t.Errorf("%+v", a)
	}
	for what, end := range map[string]func() error{
		"a version without": func() error { next.Version, next.Warm = next.Version+1, 0; p.deploy(next); return nil },
		"stop":              func() error { return p.Stop(t.Context(), "f") },
		"remove":            func() error { return p.Remove(t.Context(), "f") },
	} {
		next.Version, next.Warm = next.Version+1, 1
		p.deploy(next)
		until(t, "one waits", func() bool { return p.ofFunction("f").Warm == 1 })
		if err := end(); err != nil {
			t.Error(err)
		}
		until(t, "none is left after "+what, func() bool {
			for _, e := range p.pool() {
				if e.Function == "f" {
					return false
				}
			}
			return true
		})
	}
}

func TestAFunctionThatDoesNotLoadIsToldByItsCalls(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	f := p.kept("f", "import nothing_of_that_name\n", 1, nil)
	until(t, "a start failed", func() bool { return strings.Contains(p.ofFunction("f").Why, "starts failed") })
	entries, _ := p.Pool(t.Context())
	if why := entries[1].Why; !strings.Contains(why, "starts failed, the last one: the code failed to load: ModuleNotFoundError: No module named 'nothing_of_that_name'") {
		t.Errorf("why: %q", why)
	}
	a := p.call(t.Context(), f, "{}")
	fails(t, a.err, sdk.FunctionFailed, "No module named")
	if a.Start == sdk.StartSpecialised {
		t.Errorf("%+v", a.Report)
	}
}

// However long a function takes to load, calls of others do not wait for it.
func TestAFunctionThatLoadsForEverHoldsNobodyUp(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	p.kept("slow", "import time\ntime.sleep(600)\n", 3, func(f *sdk.Function) { f.Timeout = time.Minute })
	until(t, "it is being loaded", func() bool { return p.ofFunction("slow").Starting > 0 })
	f := p.deployed("f", languageExec, cat)
	for range 5 {
		if got := p.result(f, "x"); got != "x" {
			t.Error(got)
		}
	}
	until(t, "others wait again", func() bool {
		for _, e := range p.pool() {
			if e.Function == "" && e.Warm < e.Want {
				return false
			}
		}
		return true
	})
	if s := p.ofFunction("slow"); s.Starting == 0 || strings.Contains(s.Why, "failed") {
		t.Errorf("%+v", s)
	}
}

func TestLoadingTakesNoLongerThanACallMay(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	p.kept("f", "import time\ntime.sleep(600)\n", 1, func(f *sdk.Function) { f.Timeout = 200 * time.Millisecond })
	until(t, "its start fails", func() bool { return strings.Contains(p.ofFunction("f").Why, "starts failed") })
	if why := p.ofFunction("f").Why; !strings.Contains(why, "took longer than 200ms") {
		t.Error(why)
	}
}

func TestSecretsComeWithTheCall(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	f := p.kept("f", "import os\ndef handler(event, context):\n    return os.environ['TOKEN']\n", 1, nil)
	p.rested()
	out := newPrinted()
	report, err := p.Run(t.Context(), sdk.Invocation{
		ID: "1", Function: f, Timeout: f.Timeout, Event: strings.NewReader("{}"), Secrets: map[string]string{"TOKEN": "s3cret"},
	}, out)
	if err != nil || out.result.String() != `"s3cret"` || report.Start == sdk.StartSpecialised {
		t.Error(report, err, out.result.String())
	}
}

// What a worker has prepared may end while it waits; calls do not notice.
func TestAWaitingInterpreterMayBeKilled(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	f := p.kept("f", loadsLoudly, 1, nil)
	for range 5 {
		p.rested()
		waiting := p.launcher.PIDs()
		for _, pid := range waiting {
			for _, child := range process.Descendants(pid) {
				if interpreter, err := os.FindProcess(child); err == nil {
					interpreter.Kill() //nolint:errcheck // it may be gone
				}
			}
		}
		until(t, "their workers are gone", func() bool {
			for _, pid := range waiting {
				if _, err := os.Stat("/proc/" + strconv.Itoa(pid)); err == nil {
					return false
				}
			}
			return true
		})
		if a := p.call(context.Background(), f, `"x"`); a.err != nil || a.result != `[true, "blue", "x"]` {
			t.Errorf("%+v", a)
		}
	}
}

func TestEarlyLogIsBounded(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	f := p.kept("f", "print('x' * 1000000)\n"+loadsLoudly, 1, nil)
	p.rested()
	a := p.call(t.Context(), f, `"x"`)
	if a.err != nil || len(a.log) > 300<<10 || !strings.Contains(a.log, "printed while the function was loaded, were not kept]\ncalled\n") {
		t.Errorf("%d bytes of log, %v: %q", len(a.log), a.err, a.log[max(0, len(a.log)-200):])
	}
}
