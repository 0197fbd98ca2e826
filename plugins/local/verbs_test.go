package local

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
	"github.com/google/go-cmp/cmp"
)

func quiet(string, int64, int64, string) {}

func states(t *testing.T, p *place, names ...string) (states map[string]sdk.FunctionState) {
	t.Helper()
	all, err := p.Status(t.Context(), names...)
	if err != nil {
		t.Fatal(err)
	}
	states = map[string]sdk.FunctionState{}
	for _, s := range all {
		states[s.Name] = s.State
	}
	return states
}

func TestWhatIsRememberedOutlivesTheProcess(t *testing.T) {
	p := newPlace(t, "", nil)
	p.deployed("one", languageExec, cat)
	two := p.deployed("two", languageExec, cat)
	if err := p.Stop(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.records().Path("three"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}

	other := &place{t: t, dir: p.dir, Component: &Component{Program: os.Getenv(programVar)}}
	cfg := configIn(t, t.TempDir(), "")
	cfg.StateDir = p.cfg.StateDir
	if err := other.Configure(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	want := map[string]sdk.FunctionState{"one": sdk.StateDeployed, "two": sdk.StateStopped, "three": sdk.StateFailed}
	if diff := cmp.Diff(want, states(t, other)); diff != "" {
		t.Error(diff)
	}
	if e := fails(t, other.call(t.Context(), two, "").err, sdk.Conflict, "two is stopped"); e.Hint != "fn deploy two" {
		t.Error("hint:", e.Hint)
	}
	other.deploy(two)
	if got := p.result(two, "x"); got != "x" {
		t.Error(got)
	}
	if err := other.Remove(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	fails(t, p.call(t.Context(), two, "").err, sdk.NotFound, "two is not deployed")
	fails(t, p.Stop(t.Context(), "two"), sdk.NotFound, "two is not deployed")
	if got := states(t, p, "two", "one"); len(got) != 1 {
		t.Error(got)
	}
}

func TestOnlyTheDeployedVersionRuns(t *testing.T) {
	p := newPlace(t, "", nil)
	f := p.deployed("f", languageExec, cat)
	newer := f
	newer.Version = 2
	fails(t, p.call(t.Context(), newer, "").err, sdk.NotFound, "version 2 of the function f is not deployed, version 1 is")
	changed := f
	changed.Code.Digest = "sha256:" + strings.Repeat("0", 64)
	fails(t, p.call(t.Context(), changed, "").err, sdk.NotFound, "")
}

func TestARunningFunctionIsSeen(t *testing.T) {
	p := newPlace(t, "", nil)
	f := p.deployed("f", languageExec, "#!/bin/sh\necho started >&2\nexec cat\n")
	event, release := newEvent()
	out, done := newPrinted(), make(chan error)
	go func() {
		_, err := p.Run(context.Background(), sdk.Invocation{ID: "1", Function: f, Timeout: f.Timeout, Event: event}, out)
		done <- err
	}()
	<-out.first
	if got := states(t, p)["f"]; got != sdk.StateRunning {
		t.Error(got)
	}
	if err := p.Stop(t.Context(), "f"); err != nil {
		t.Fatal(err)
	}
	release()
	if err := <-done; err != nil {
		t.Error("stop ended a running call: ", err)
	}
	if got := states(t, p)["f"]; got != sdk.StateStopped {
		t.Error(got)
	}
}

func TestDeployRefuses(t *testing.T) {
	p := newPlace(t, "", nil)
	for _, test := range []struct {
		name   string
		change func(*sdk.Function)
		kind   sdk.Kind
		part   string
	}{
		{"another language", func(f *sdk.Function) { f.Runtime.Language = "cobol" }, sdk.Unimplemented, `"cobol"`},
		{"options", func(f *sdk.Function) { f.Options = json.RawMessage(`{"size":1}`) }, sdk.Invalid, `[on.local] in fn.toml: unknown setting "size"`},
		{"a loader's variable", func(f *sdk.Function) { f.Env = map[string]string{"LD_PRELOAD": "x"} }, sdk.Invalid, "LD_PRELOAD"},
		{"missing code", func(f *sdk.Function) { f.Code.Path += "x" }, sdk.NotFound, "code is gone"},
		{"code of another size", func(f *sdk.Function) { f.Code.Size++ }, sdk.Invalid, "damaged"},
		{"code that is no zip", func(f *sdk.Function) { f.Code.Path, f.Code.Size = os.Getenv(programVar), 0 }, sdk.Invalid, "damaged"},
		{"code without a digest", func(f *sdk.Function) { f.Code.Digest = "" }, sdk.Invalid, "digest"},
	} {
		f := p.function("f", languageExec, cat)
		test.change(&f)
		_, err := p.Deploy(t.Context(), f, quiet)
		t.Log(test.name)
		fails(t, err, test.kind, test.part)
	}
	if got := states(t, p); len(got) != 0 {
		t.Error("deployed all the same:", got)
	}
	if where, err := p.Deploy(t.Context(), p.function("f", languageExec, cat), quiet); err != nil || where != "this machine" {
		t.Errorf("%q, %v", where, err)
	}
}

func TestLogsAreKept(t *testing.T) {
	p := newPlace(t, "", nil)
	f := p.deployed("f", languageExec, "#!/bin/sh\necho one >&2\ncat >&2\nprintf three >&2\nprintf result\n")
	for i, event := range []string{"two\n", "zwei\n"} {
		if got := p.result(f, event); got != "result" {
			t.Error(i, got)
		}
	}
	for tail, want := range map[int][]string{
		0: {"one", "two", "three", "one", "zwei", "three"},
		2: {"zwei", "three"},
	} {
		var got []string
		err := p.Logs(t.Context(), "f", tail, func(r sdk.LogRecord) error {
			got = append(got, r.Text)
			if r.Call == "" || r.Stream != sdk.Stderr || r.Time.IsZero() {
				t.Errorf("%+v", r)
			}
			return nil
		})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(err, diff)
		}
	}
	fails(t, p.Logs(t.Context(), "g", 0, nil), sdk.NotFound, "g is not deployed")
}

func TestSettingsAreChecked(t *testing.T) {
	for settings, part := range map[string]string{
		`{"warn": 1}`:        `"warn"`,
		`{"warm": -1}`:       `"warm" is -1`,
		`{"max_running": 0}`: `"max_running" is 0`,
		`{"log_keep": "x"}`:  `"log_keep"`,
	} {
		err := (&Component{}).Configure(t.Context(), configIn(t, t.TempDir(), settings))
		fails(t, err, sdk.Invalid, part)
	}
}

// Workers that no function needs any more do not stay.
func TestWorkersGoWithTheLastFunctionThatNeedsThem(t *testing.T) {
	p := newPlace(t, `{"sandbox": "off"}`, nil)
	one, two := p.deployed("one", languageExec, cat), p.deployed("two", languageExec, cat)
	p.rested()
	if err := p.Remove(t.Context(), one.Name); err != nil {
		t.Fatal(err)
	}
	p.rested()
	if rows := p.pool(); len(rows) != 1 || rows[0].Warm == 0 {
		t.Errorf("with one function left: %+v", rows)
	}
	if err := p.Stop(t.Context(), two.Name); err != nil {
		t.Fatal(err)
	}
	until(t, "none is left", func() bool { return len(p.pool()) == 0 && p.processes() == 0 })
	p.deploy(two)
	until(t, "workers wait again", func() bool { rows := p.pool(); return len(rows) == 1 && rows[0].Warm > 0 })
	if got := p.result(two, "x"); got != "x" {
		t.Error(got)
	}
}
