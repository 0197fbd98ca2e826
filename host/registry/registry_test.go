package registry

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/fault"
)

func TestVersions(t *testing.T) {
	ctx := t.Context()
	r := fresh(t)
	_, err := r.Get(ctx, "hello")
	must(t, err, fault.NotFound, "hello", "fn list")

	v1, err := r.CreateFunction(ctx, version("hello", "a"))
	must(t, err, "")
	if v1.Version != 1 || !v1.Current || v1.CreatedAt.IsZero() || !v1.UpdatedAt.Equal(v1.CreatedAt) {
		t.Errorf("first version: %+v", v1)
	}
	_, err = r.CreateFunction(ctx, version("hello", "b"))
	must(t, err, fault.Conflict, "hello", "fn update hello")

	v2, err := r.AddVersion(ctx, version("hello", "b"), 1)
	must(t, err, "")
	if v2.Version != 2 {
		t.Errorf("second version: %+v", v2)
	}
	_, err = r.AddVersion(ctx, version("hello", "c"), 1)
	must(t, err, fault.Conflict)
	if !errors.Is(err, ErrStale) {
		t.Errorf("cause of %v is not ErrStale", err)
	}
	_, err = r.AddVersion(ctx, version("helo", "c"), 1)
	must(t, err, fault.NotFound, `did you mean "hello"?`)

	got, err := r.Get(ctx, "hello")
	must(t, err, "")
	if diff := cmp.Diff(v2, got); diff != "" {
		t.Error(diff)
	}
	old, err := r.GetVersion(ctx, "hello", 1)
	must(t, err, "")
	if old.Digest != "sha256:a" || old.Current {
		t.Errorf("version 1: %+v", old)
	}
	_, err = r.GetVersion(ctx, "hello", 9)
	must(t, err, fault.NotFound, "no version 9", "fn versions hello")
	_, err = r.GetVersion(ctx, "nobody", 9)
	must(t, err, fault.NotFound, "nobody")

	all, err := r.Versions(ctx, "hello")
	must(t, err, "")
	if len(all) != 2 || all[0].Version != 2 || all[1].Version != 1 {
		t.Errorf("history: %+v", all)
	}
	_, err = r.Versions(ctx, "nobody")
	must(t, err, fault.NotFound)
}

func TestAVersionNeverChanges(t *testing.T) {
	r := fresh(t)
	_, err := r.CreateFunction(t.Context(), version("f", "a"))
	must(t, err, "")
	_, err = r.write.Exec("UPDATE versions SET handler = 'other'")
	if err == nil || !strings.Contains(err.Error(), "a version never changes") {
		t.Errorf("update of a version: %v", err)
	}
}

func TestRollback(t *testing.T) {
	ctx := t.Context()
	now := time.UnixMicro(1_000_000).UTC()
	r, err := Open(filepath.Join(t.TempDir(), "fn.db"), Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
	must(t, err, "")
	defer r.Close()
	_, err = r.Rollback(ctx, "f", 0)
	must(t, err, fault.NotFound)
	_, err = r.CreateFunction(ctx, version("f", "a"))
	must(t, err, "")
	_, err = r.Rollback(ctx, "f", 0)
	must(t, err, fault.Conflict, "no version before 1")
	for base, digest := range []string{"b", "c"} {
		_, err = r.AddVersion(ctx, version("f", digest), base+1)
		must(t, err, "")
	}
	_, err = r.Rollback(ctx, "f", 8)
	must(t, err, fault.NotFound, "no version 8")
	for _, want := range []int{2, 1} {
		v, err := r.Rollback(ctx, "f", 0)
		must(t, err, "")
		stored, err := r.Get(ctx, "f")
		must(t, err, "")
		if v.Version != want || !v.Current {
			t.Errorf("rolled back to %+v, want version %d", v, want)
		}
		if diff := cmp.Diff(stored, v); diff != "" {
			t.Error(diff)
		}
		if !v.UpdatedAt.After(v.CreatedAt) {
			t.Errorf("updated at %v, created at %v", v.UpdatedAt, v.CreatedAt)
		}
	}
	v, err := r.Rollback(ctx, "f", 3)
	must(t, err, "")
	if v.Version != 3 {
		t.Errorf("rolled forward to %d", v.Version)
	}
	// A new version never takes the number of one that was rolled back from.
	_, err = r.Rollback(ctx, "f", 1)
	must(t, err, "")
	v, err = r.AddVersion(ctx, version("f", "d"), 1)
	must(t, err, "")
	if v.Version != 4 {
		t.Errorf("next version is %d, want 4", v.Version)
	}
}

func TestApply(t *testing.T) {
	ctx := t.Context()
	r := fresh(t)
	step := func(v Version, base int, want Change, number int) {
		t.Helper()
		got, change, err := r.Apply(ctx, v, base)
		must(t, err, "")
		if change != want || got.Version != number {
			t.Errorf("%s version %d, want %s version %d", change, got.Version, want, number)
		}
	}
	step(version("f", "a"), 0, Created, 1)
	step(version("f", "a"), 0, Unchanged, 1) // of two at once, the second
	step(version("f", "b"), 1, Updated, 2)
	changed := version("f", "b")
	changed.Settings = []byte(`{"memory":2}`)
	step(changed, 2, Updated, 3)
	_, _, err := r.Apply(ctx, version("f", "z"), 2)
	if !errors.Is(err, ErrStale) {
		t.Errorf("apply on an old version: %v", err)
	}
	_, _, err = r.Apply(ctx, version("gone", "z"), 2)
	if !errors.Is(err, ErrStale) {
		t.Errorf("apply on a deleted function: %v", err)
	}
	unknown := version("g", "a")
	unknown.Runtime = "pyton"
	_, _, err = r.Apply(ctx, unknown, 0)
	must(t, err, fault.NotFound, `did you mean "python"?`)
	if _, err := r.Get(ctx, "g"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("half a function was kept: %v", err)
	}
}

func TestDeleteKeepsCalls(t *testing.T) {
	ctx := t.Context()
	r := fresh(t)
	_, err := r.CreateFunction(ctx, version("f", "a"))
	must(t, err, "")
	must(t, r.PutDeployment(ctx, Deployment{Function: "f", Component: "local", Version: 1, State: "deployed"}), "")
	must(t, r.InsertCall(ctx, Call{ID: "1", Function: "f"}), "")
	must(t, r.Delete(ctx, "f"), "")
	must(t, r.Delete(ctx, "f"), fault.NotFound)
	deployments, err := r.Deployments(ctx, "", "")
	must(t, err, "")
	digests, err := r.Digests(ctx)
	must(t, err, "")
	if len(deployments)+len(digests) != 0 {
		t.Errorf("left: %v, %v", deployments, digests)
	}
	calls, err := r.Calls(ctx, Calls{Function: "f", Last: 0})
	must(t, err, "")
	if len(calls) != 1 {
		t.Errorf("calls: %v", calls)
	}
}

// TestDeleteNamelessRuntime: such a name could once be given.
func TestDeleteNamelessRuntime(t *testing.T) {
	r := fresh(t)
	for _, name := range []string{"", "other"} {
		_, err := r.CreateRuntime(t.Context(), Runtime{Name: name, Language: "exec"})
		must(t, err, "")
	}
	must(t, r.DeleteRuntime(t.Context(), ""), "")
}

func TestRuntimes(t *testing.T) {
	ctx := t.Context()
	r := fresh(t)
	for _, c := range []struct {
		name  string
		give  Runtime
		kind  fault.Kind
		words []string
	}{
		{"builtin", Runtime{Name: "python", Language: "python"}, fault.Conflict, []string{"python"}},
		{"no language", Runtime{Name: "x"}, fault.Invalid, []string{`runtime "x": no language was given; known are exec, go, node, provided, python`, "fn runtime create x --language python"}},
		{"language", Runtime{Name: "x", Language: "cobol"}, fault.Invalid, []string{"cobol", "exec, go, node, provided, python"}},
		{"unknown base", Runtime{Name: "x", From: "pytho"}, fault.NotFound, []string{`did you mean "python"?`}},
		{"other language", Runtime{Name: "x", From: "python", Language: "exec"}, fault.Invalid, []string{"python, not exec"}},
		{"good", Runtime{Name: "sci", Language: "python", Image: "img"}, "", nil},
		{"twice", Runtime{Name: "sci", Language: "python"}, fault.Conflict, []string{"sci"}},
		{"from", Runtime{Name: "sci2", From: "sci"}, "", nil},
	} {
		_, err := r.CreateRuntime(ctx, c.give)
		t.Log(c.name)
		must(t, err, c.kind, c.words...)
	}
	derived, err := r.Runtime(ctx, "sci2")
	must(t, err, "")
	if derived.Language != "python" || derived.Image != "img" || derived.From != "sci" {
		t.Errorf("derived: %+v", derived)
	}
	list, err := r.Runtimes(ctx)
	must(t, err, "")
	var names []string
	for _, rt := range list {
		names = append(names, rt.Name)
	}
	if diff := cmp.Diff([]string{"exec", "go", "node", "provided", "python", "sci", "sci2"}, names); diff != "" {
		t.Error(diff)
	}

	v := version("user", "a")
	v.Runtime = "sci2"
	_, err = r.CreateFunction(ctx, v)
	must(t, err, "")
	must(t, r.DeleteRuntime(ctx, "exec"), fault.Conflict, "built in")
	must(t, r.DeleteRuntime(ctx, "nope"), fault.NotFound)
	must(t, r.DeleteRuntime(ctx, "sci"), fault.Conflict, "sci2")
	must(t, r.DeleteRuntime(ctx, "sci2"), fault.Conflict, "user")
	must(t, r.Delete(ctx, "user"), "")
	must(t, r.DeleteRuntime(ctx, "sci2"), "")
	must(t, r.DeleteRuntime(ctx, "sci"), "")
}

func TestCallable(t *testing.T) {
	ctx := t.Context()
	r := fresh(t)
	_, err := r.Callable(ctx, "f")
	must(t, err, fault.NotFound)
	_, err = r.CreateRuntime(ctx, Runtime{Name: "sci", Language: "python", Image: "img", Requirements: "six\n", Preload: []string{"json", "six"}})
	must(t, err, "")
	v := version("f", "a")
	v.Runtime = "sci"
	_, err = r.CreateFunction(ctx, v)
	must(t, err, "")
	c, err := r.Callable(ctx, "f")
	must(t, err, "")
	if len(c.Deployments) != 0 || c.Runtime.Language != "python" || c.Runtime.Image != "img" ||
		c.Runtime.Requirements != "six\n" || !slices.Equal(c.Runtime.Preload, []string{"json", "six"}) {
		t.Errorf("callable: %+v", c)
	}
	at := time.UnixMicro(5).UTC()
	for _, name := range []string{"local", "docker"} {
		must(t, r.PutDeployment(ctx, Deployment{Function: "f", Component: name, Version: 1, State: "deployed", ObservedAt: at}), "")
	}
	c, err = r.Callable(ctx, "f")
	must(t, err, "")
	want, err := r.Get(ctx, "f")
	must(t, err, "")
	if diff := cmp.Diff(want, c.Version); diff != "" {
		t.Error(diff)
	}
	if len(c.Deployments) != 2 || c.Deployments[0].Component != "docker" || !c.Deployments[1].ObservedAt.Equal(at) {
		t.Errorf("deployments: %+v", c.Deployments)
	}
}

func TestDeployments(t *testing.T) {
	ctx := t.Context()
	r := fresh(t)
	for _, name := range []string{"f", "g"} {
		_, err := r.CreateFunction(ctx, version(name, "a"))
		must(t, err, "")
	}
	at := time.UnixMicro(1_000).UTC()
	put := func(function, component string) Deployment {
		d := Deployment{Function: function, Component: component, Version: 1, State: "deployed", Location: "here", ObservedAt: at}
		must(t, r.PutDeployment(ctx, d), "")
		return d
	}
	must(t, r.PutDeployment(ctx, Deployment{Function: "nobody", Component: "local"}), fault.NotFound)
	fl, gl, fd := put("f", "local"), put("g", "local"), put("f", "docker")
	list := func(function, component string, want ...Deployment) {
		t.Helper()
		got, err := r.Deployments(ctx, function, component)
		must(t, err, "")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	list("", "", fd, fl, gl)
	list("f", "", fd, fl)
	list("", "local", fl, gl)
	list("g", "docker")

	later := at.Add(time.Second)
	must(t, r.SetState(ctx, "f", "local", "stopped", later), "")
	must(t, r.SetState(ctx, "f", "nowhere", "stopped", later), "")
	fl.State, fl.ObservedAt = "stopped", later
	list("", "local", fl, gl)

	// g is gone, a stranger is left out, f keeps the location it did not repeat.
	must(t, r.Observe(ctx, "local", []Deployment{
		{Function: "f", Version: 2, State: "running", Running: 3}, {Function: "stranger", Version: 1, State: "deployed"},
	}, later), "")
	fl.Version, fl.State, fl.Running = 2, "running", 3
	list("", "", fd, fl)

	// Of what was seen before later, nothing counts that was learned since.
	must(t, r.Observe(ctx, "local", []Deployment{{Function: "f", Version: 1, State: "deployed"}, {Function: "g", Version: 1}}, at), "")
	must(t, r.DeleteDeployment(ctx, "g", "local"), "")
	must(t, r.Observe(ctx, "local", nil, at), "")
	list("", "", fd, fl)

	// Workers come and go with what runs; a deploy that failed is not forgotten.
	fl.Workers = []Worker{{ID: "w", State: "running"}}
	must(t, r.Observe(ctx, "local", []Deployment{fl}, later), "")
	list("f", "local", fl)
	must(t, r.EndRuns(ctx, "local", at), "") // it ran since
	list("f", "local", fl)
	must(t, r.EndRuns(ctx, "", later), "")
	fl.State, fl.Running, fl.Workers = "deployed", 0, nil
	list("", "", fd, fl)
	must(t, r.SetState(ctx, "f", "local", "failed", later), "")
	must(t, r.Observe(ctx, "local", nil, later), "")
	fl.State = "failed"
	list("f", "local", fl)

	must(t, r.SetUnknown(ctx, "local", "no answer", later), "")
	fl.State, fl.Running, fl.Reason = "unknown", 0, "no answer"
	list("", "", fd, fl)

	must(t, r.DeleteDeployment(ctx, "f", "local"), "")
	must(t, r.DeleteDeployment(ctx, "f", "local"), "")
	_, err := r.Deployment(ctx, "f", "local")
	must(t, err, fault.NotFound, "fn deploy f --on local")
	got, err := r.Deployment(ctx, "f", "docker")
	must(t, err, "")
	if diff := cmp.Diff(fd, got); diff != "" {
		t.Error(diff)
	}
}

func TestCalls(t *testing.T) {
	ctx := t.Context()
	r := fresh(t)
	_, err := r.Call(ctx, "abc")
	must(t, err, fault.NotFound)
	_, err = r.Call(ctx, "")
	must(t, err, fault.Invalid)
	full := Call{
		ID: "abc1", Time: time.UnixMicro(9).UTC(), Function: "f", Version: 3, Component: "local", Start: "warm", Outcome: "Timeout", Message: "too long",
		Phases: Phases{Queue: 1 * time.Microsecond, Pool: 2 * time.Microsecond, Inject: 3 * time.Microsecond, Init: 4 * time.Microsecond, Call: 5 * time.Microsecond, Total: 6 * time.Microsecond},
	}
	must(t, r.InsertCall(ctx, full), "")
	must(t, r.InsertCall(ctx, Call{ID: "abc", Function: "g"}), "")
	must(t, r.InsertCall(ctx, Call{ID: "abd_%", Function: "g"}), "")
	for id, want := range map[string]string{"abc1": "abc1", "abc": "abc", "abd": "abd_%"} {
		got, err := r.Call(ctx, id)
		must(t, err, "")
		if got.ID != want {
			t.Errorf("call %q is %q", id, got.ID)
		}
	}
	got, err := r.Call(ctx, "abc1")
	must(t, err, "")
	if diff := cmp.Diff(full, got); diff != "" {
		t.Error(diff)
	}
	_, err = r.Call(ctx, "ab")
	must(t, err, fault.Invalid, "several", "abc")
	for _, id := range []string{"%", "_", "b"} {
		_, err := r.Call(ctx, id)
		must(t, err, fault.NotFound)
	}
	ids := func(function string, last int) string {
		calls, err := r.Calls(ctx, Calls{Function: function, Last: last})
		must(t, err, "")
		var b strings.Builder
		for _, c := range calls {
			b.WriteString(c.ID + " ")
		}
		return b.String()
	}
	if got := ids("", 2); got != "abd_% abc " {
		t.Errorf("last two: %s", got)
	}
	if got := ids("f", 0); got != "abc1 " {
		t.Errorf("of f: %s", got)
	}
}

func TestCallsAreForgotten(t *testing.T) {
	ctx := t.Context()
	r, err := Open(filepath.Join(t.TempDir(), "fn.db"), Options{KeepCalls: 100})
	must(t, err, "")
	defer r.Close()
	const n = 3*pruneEvery + 10
	for i := range n {
		must(t, r.InsertCall(ctx, Call{ID: fmt.Sprintf("%05d", i), Function: "f"}), "")
	}
	calls, err := r.Calls(ctx, Calls{Function: "", Last: n})
	must(t, err, "")
	if len(calls) < 100 || len(calls) >= 100+pruneEvery || calls[0].ID != fmt.Sprintf("%05d", n-1) {
		t.Errorf("%d calls are left, the newest is %s", len(calls), calls[0].ID)
	}
}

func TestReopenAndOddPaths(t *testing.T) {
	for _, name := range []string{"plain", "with space", "quest?ion", "ha#sh", "per%20cent", "ümläut", "a&b=c"} {
		dir := filepath.Join(t.TempDir(), name)
		must(t, os.Mkdir(dir, 0o700), "")
		path := filepath.Join(dir, "fn.db")
		r, err := Open(path, Options{})
		must(t, err, "")
		_, err = r.CreateFunction(context.Background(), version("f", "a"))
		must(t, err, "")
		must(t, r.Close(), "")
		r = open(t, path)
		_, err = r.Get(t.Context(), "f")
		must(t, err, "")
		info, err := os.Stat(path)
		must(t, err, "")
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", path, info.Mode())
		}
	}
}
