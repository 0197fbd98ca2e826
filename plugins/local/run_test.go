package local

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
	"github.com/google/go-cmp/cmp"
)

const (
	cat  = "#!/bin/sh\nexec cat\n"
	echo = "def handler(event, context):\n    print('got', event)\n    return event\n"
)

func TestCallsGetResultLogAndReport(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	for _, f := range []sdk.Function{
		p.deployed("shell", languageExec, "#!/bin/sh\necho got >&2\nexec cat\n"),
		p.deployed("snake", languagePython, echo),
	} {
		p.rested()
		a := p.call(t.Context(), f, `{"a":1}`)
		if a.err != nil || strings.ReplaceAll(a.result, " ", "") != `{"a":1}` || !strings.HasPrefix(a.log, "got") {
			t.Errorf("%s: %+v", f.Name, a)
		}
		if a.Start != sdk.StartWarm || a.Phases.Call <= 0 || a.Phases.Init <= 0 || a.Phases.Inject <= 0 {
			t.Errorf("%s: %+v", f.Name, a.Report)
		}
	}
}

func TestWithoutWaitingWorkersACallStartsOne(t *testing.T) {
	p := newPlace(t, `{"warm": 0, "warm_max": 0}`, nil)
	f := p.deployed("f", languageExec, cat)
	p.rested()
	if n := p.processes(); n != 0 {
		t.Fatalf("%d workers wait", n)
	}
	a := p.call(t.Context(), f, "x")
	if a.err != nil || a.result != "x" || a.Start != sdk.StartCold || a.Phases.Pool <= 0 {
		t.Errorf("%+v", a)
	}
}

func TestNoCallSeesAnother(t *testing.T) {
	p := newPlace(t, "", nil)
	f := p.deployed("f", languageExec, `#!/bin/sh
ls -A "$HOME" "$TMPDIR"
[ "$HOME" != /root ] || echo not mine
echo x >"$TMPDIR/left"; mkdir "$HOME/locked" && touch "$HOME/locked/x" && chmod 0 "$HOME/locked"
stat -c %a .. 
`)
	for range 3 {
		if got := p.result(f, ""); strings.Contains(got, "left") || strings.Contains(got, "mine") || !strings.Contains(got, "700") {
			t.Errorf("it sees %q", got)
		}
	}
	p.rested() // and what it left is gone, although it took its own rights away
}

func TestSettingsAndSecretsReachTheCallAndNothingElse(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "of the caller")
	p := newPlace(t, "", nil)
	f := p.function("f", languageExec, "#!/bin/sh\nenv; env >&2\n")
	f.Env = map[string]string{"COLOUR": "blue", "TOKEN": "dummy"}
	p.deploy(f)
	out := newPrinted()
	_, err := p.Run(t.Context(), sdk.Invocation{
		ID: "1", Function: f, Timeout: f.Timeout, Event: strings.NewReader(""),
		Secrets: map[string]string{"TOKEN": "s3cret"},
	}, out)
	got := out.result.String()
	if err != nil || !strings.Contains(got, "COLOUR=blue\n") || !strings.Contains(got, "TOKEN=s3cret\n") {
		t.Error(got, err)
	}
	if strings.Contains(got, "of the caller") {
		t.Error("the environment of the plugin leaks")
	}
	record, _ := filepath.Glob(filepath.Join(p.cfg.StateDir, "functions", "*.json"))
	if len(record) != 1 || strings.Contains(readFile(t, record[0]), "blue") {
		t.Error("the record holds the environment:", record)
	}
}

func TestFunctionsFail(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	for _, test := range []struct {
		name, language, source string
		kind                   sdk.Kind
		message, hint          string
		function               *sdk.FunctionError
	}{
		{"exits", languageExec, "#!/bin/sh\nexit 3\n", sdk.FunctionFailed, "exit status 3", "",
			&sdk.FunctionError{Message: "exit status 3", Type: "Runtime.ExitError", ExitStatus: 3}},
		{"raises", languagePython, "def handler(e, c):\n    raise ValueError('no')\n", sdk.FunctionFailed, "no", "",
			&sdk.FunctionError{Message: "no", Type: "ValueError"}},
		{"does-not-load", languagePython, "import nothing_of_that_name\n", sdk.FunctionFailed, "nothing_of_that_name", "",
			&sdk.FunctionError{Message: "No module named 'nothing_of_that_name'"}},
		{"has-no-handler", languagePython, "x = 1\n", sdk.Invalid, "handler", "", nil},
		{"takes-long", languageExec, "#!/bin/sh\nsleep 600\n", sdk.Timeout, "took longer", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := p.deployed(test.name, test.language, test.source)
			if test.kind == sdk.Timeout {
				f.Timeout = 500 * time.Millisecond
			}
			e := fails(t, p.call(t.Context(), f, "{}").err, test.kind, test.message)
			if e.Hint != test.hint {
				t.Errorf("the hint is %q", e.Hint)
			}
			got := e.Function
			if got != nil {
				got.StackTrace = nil
				if test.name == "does-not-load" {
					got.Type = ""
				}
			}
			if diff := cmp.Diff(test.function, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnEventBeyondTheLimitIsRefused(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	f := p.deployed("f", languagePython, "def handler(event, context):\n    return len(event)\n")
	text := strings.Repeat("x", worker.MaxEventBytes-2)
	if got := p.result(f, `"`+text+`"`); got != fmt.Sprint(len(text)) {
		t.Error("at the limit:", got)
	}
	fails(t, p.call(t.Context(), f, `"x`+text+`"`).err, sdk.ResourceExhausted, "larger than 16 MiB")
}

func TestTimeoutAndCancelEndAllThatWasStarted(t *testing.T) {
	p := newPlace(t, "", nil)
	sleep := uniqueSleep(t)
	f := p.deployed("f", languageExec, "#!/bin/sh\nsetsid "+sleep+" &\necho ready >&2\n"+sleep+"\n")
	gone := func() bool { return len(processesWith(t, strings.Fields(sleep)[1])) == 0 }

	f.Timeout = 500 * time.Millisecond
	fails(t, p.call(t.Context(), f, "").err, sdk.Timeout, "took longer")
	until(t, "all are gone after a timeout", gone)

	f.Timeout = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	out := newPrinted()
	go func() { <-out.first; cancel() }()
	fails(t, p.callInto(ctx, f, "", out).err, sdk.Canceled, "canceled")
	until(t, "all are gone after a cancel", gone)
}

func TestManyCallsAtOnceDoNotMix(t *testing.T) {
	p := newPlace(t, "", nil)
	needsPython(t, p)
	shell, snake := p.deployed("shell", languageExec, cat), p.deployed("snake", languagePython, echo)
	var group sync.WaitGroup
	for i := range 200 {
		f := shell
		if i%8 == 0 {
			f = snake
		}
		group.Go(func() {
			event := fmt.Sprintf(`"%d"`, i)
			a := p.call(t.Context(), f, event)
			if a.err != nil || a.result != event {
				t.Errorf("call %d: %q, %v", i, a.result, a.err)
			}
		})
	}
	group.Wait()
}

func TestAFullQueueRefuses(t *testing.T) {
	p := newPlace(t, `{"warm": 0, "warm_max": 0, "max_running": 1, "queue": 1}`, nil)
	f := p.deployed("f", languageExec, "#!/bin/sh\necho started >&2\nexec cat\n")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, results := newPrinted(), make(chan answer, 2)
	blocked, release := newEvent()
	go func() {
		report, err := p.Run(ctx, sdk.Invocation{ID: "first", Function: f, Timeout: f.Timeout, Event: blocked}, out)
		results <- answer{Report: report, err: err}
	}()
	<-out.first
	go func() { results <- p.call(ctx, f, "second") }()
	until(t, "the second call waits", func() bool { return strings.Contains(p.pool()[0].Why, "1 calls wait") })
	fails(t, p.call(ctx, f, "third").err, sdk.ResourceExhausted, "too many calls")
	entries, _ := p.Pool(ctx)
	if len(entries) != 1 || entries[0].Running != 1 || !strings.Contains(entries[0].Why, "1 calls wait") {
		t.Errorf("%+v", entries)
	}
	release()
	for range 2 {
		if a := <-results; a.err != nil {
			t.Error(a.err)
		}
	}
}

// broken is a host that is gone: it sends half an event and takes nothing.
type broken struct{ sdk.Output }

var errGone = sdk.Errorf(sdk.Canceled, "the caller is gone")

func (broken) Write([]byte) (int, error) { return 0, errGone }
func (broken) Read([]byte) (int, error)  { return 0, errGone }

func TestTheHostMayBeGone(t *testing.T) {
	p := newPlace(t, "", nil)
	f := p.deployed("f", languageExec, cat)
	for name, inv := range map[string]sdk.Invocation{
		"before the end of the event": {Event: broken{}},
		"before the result":           {Event: strings.NewReader("x")},
	} {
		inv.Function, inv.Timeout = f, f.Timeout
		t.Log(name)
		_, err := p.Run(t.Context(), inv, broken{newPrinted()})
		fails(t, err, sdk.Canceled, "the caller is gone")
	}
	p.rested()
}
