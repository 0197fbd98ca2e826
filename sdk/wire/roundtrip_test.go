package wire_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/wire"
)

var specific = sdk.Runtime{
	Name: "py", Language: "python", Image: "python:3",
	Requirements: "six==1.16\n", Preload: []string{"json", "decimal"},
}

func TestValuesCrossUnchanged(t *testing.T) {
	function := sdk.Function{
		Name: "f", Version: 7,
		Runtime: specific,
		Handler: "handler.handler",
		Code:    sdk.Bundle{Path: "/b/1", Digest: "sha256:00", Size: 9},
		Memory:  128 << 20, CPUs: 0.5, Timeout: 30 * time.Second, Network: sdk.NetworkNone, Warm: 2,
		Env: map[string]string{"A": "é"}, Options: json.RawMessage(`{"x":1}`), Image: "img@sha256:00",
	}
	config := sdk.Config{
		Component: "work", HostID: "h", StateDir: "/s", ScratchDir: "/t", Settings: json.RawMessage(`{"k":true}`), PrivateDirs: []string{"/p", "/q"},
	}
	validation := sdk.Validation{ValidFor: time.Minute, Checks: []sdk.Check{
		{Name: "engine", State: sdk.CheckOK, Message: "m", Hint: "h", Found: "20.10", Minimum: "9"},
		{Name: "b", State: sdk.CheckFailed}, {Name: "c", State: sdk.CheckSkipped},
	}}
	states := []sdk.FunctionStatus{{
		Name: "f", State: sdk.StateRunning, Version: 7, Running: 3, Reason: "r", Observed: time.UnixMilli(1700000000123),
	}, {Name: "g", State: sdk.StateUnknown}}

	var gotConfig sdk.Config
	var gotFunction sdk.Function
	var gotNames []string
	client := serve(t, component{
		configure: func(c sdk.Config) error { gotConfig = c; return nil },
		validate:  func(context.Context) (sdk.Validation, error) { return validation, nil },
		deploy: func(_ context.Context, f sdk.Function, p sdk.Progress) (string, error) {
			gotFunction = f
			p("copy", 1, 2, "files")
			return "there", nil
		},
		status: func(names ...string) ([]sdk.FunctionStatus, error) { gotNames = names; return states, nil },
	})
	ctx := t.Context()

	d, can, err := client.Describe(ctx)
	check(t, err, description, d)
	check(t, nil, wire.Abilities{}, can)
	check(t, client.Configure(ctx, config), config, gotConfig)
	v, err := client.Validate(ctx)
	check(t, err, validation, v)

	var steps []string
	location, err := client.Deploy(ctx, function, func(step string, done, total int64, unit string) {
		if done == 1 && total == 2 {
			steps = append(steps, step+" "+unit)
		}
	})
	check(t, err, "there", location)
	check(t, nil, function, gotFunction)
	check(t, nil, []string{"copy files"}, steps)

	s, err := client.Status(ctx, "f", "g")
	check(t, err, states, s)
	check(t, nil, []string{"f", "g"}, gotNames)
}

func check(t *testing.T, err error, want, got any) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// able has every optional ability.
type able struct {
	component
	removed  string
	prepared sdk.Runtime
	there    []sdk.Runtime
}

func (a *able) Remove(_ context.Context, name string) error { a.removed = name; return nil }

var (
	records = []sdk.LogRecord{
		{Time: time.UnixMilli(1700000000001), Call: "c", Stream: sdk.Stderr, Text: "one"},
		{Time: time.UnixMilli(1700000000002), Call: "c", Stream: sdk.Stdout, Text: "two"},
	}
	pools = []sdk.PoolEntry{{
		Runtime: "python", Function: "f", Warm: 1, Starting: 2, Running: 3, Want: 4,
		HitRate: 0.5, Refill: 1500 * time.Microsecond, Why: "because",
	}}
)

func (a *able) Logs(_ context.Context, _ string, tail int, each func(sdk.LogRecord) error) error {
	for _, r := range records[len(records)-tail:] {
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

func (a *able) Pool(context.Context) ([]sdk.PoolEntry, error) { return pools, nil }

func (a *able) PrepareRuntime(_ context.Context, r sdk.Runtime, p sdk.Progress) error {
	a.prepared = r
	p("installing", 3, 0, "lines")
	return nil
}

func (a *able) Collect(_ context.Context, runtimes []sdk.Runtime, p sdk.Progress) ([]string, error) {
	a.there = runtimes
	p("looking", 1, 1, "steps")
	return []string{"one", "two"}, sdk.Errorf(sdk.PermissionDenied, "three")
}

func TestAbilities(t *testing.T) {
	a := &able{}
	client := serve(t, a)
	_, can, err := client.Describe(t.Context())
	check(t, err, wire.Abilities{Remove: true, Logs: true, Pool: true, Prepare: true, Collect: true}, can)

	check(t, client.Remove(t.Context(), "f"), "f", a.removed)
	var got []sdk.LogRecord
	err = client.Logs(t.Context(), "f", 2, func(r sdk.LogRecord) error { got = append(got, r); return nil })
	check(t, err, records, got)
	entries, err := client.Pool(t.Context())
	check(t, err, pools, entries)
	var steps []string
	err = client.PrepareRuntime(t.Context(), specific, func(step string, done, _ int64, unit string) {
		steps = append(steps, step+" "+unit)
	})
	check(t, err, specific, a.prepared)
	check(t, nil, []string{"installing lines"}, steps)
	removed, err := client.Collect(t.Context(), []sdk.Runtime{specific}, func(step string, _, _ int64, unit string) { steps = append(steps, step+" "+unit) })
	check(t, nil, []string{"one", "two"}, removed)
	check(t, nil, []sdk.Runtime{specific}, a.there)
	check(t, nil, []string{"installing lines", "looking steps"}, steps)
	if sdk.KindOf(err) != sdk.PermissionDenied {
		t.Error(err)
	}
}

func TestAnImageIsRefusedWhereNoneAreRun(t *testing.T) {
	client := serve(t, &able{component: component{imageless: true}})
	_, function := client.Deploy(t.Context(), sdk.Function{Name: "f", Image: "img"}, nil)
	_, runtime := client.Deploy(t.Context(), sdk.Function{Name: "f", Runtime: specific}, nil)
	for name, err := range map[string]error{
		"function": function, "runtime": runtime, "prepare": client.PrepareRuntime(t.Context(), specific, nil),
	} {
		if sdk.KindOf(err) != sdk.Invalid {
			t.Errorf("%s: %v is %s", name, err, sdk.KindOf(err))
		}
	}
}

func TestAbilitiesThatAreMissing(t *testing.T) {
	client := serve(t, component{})
	_, poolErr := client.Pool(t.Context())
	_, collectErr := client.Collect(t.Context(), nil, nil)
	for name, err := range map[string]error{
		"remove":  client.Remove(t.Context(), "f"),
		"logs":    client.Logs(t.Context(), "f", 0, func(sdk.LogRecord) error { return nil }),
		"pool":    poolErr,
		"collect": collectErr,
		"prepare": client.PrepareRuntime(t.Context(), specific, nil),
	} {
		if sdk.KindOf(err) != sdk.Unimplemented {
			t.Errorf("%s: %v is %s", name, err, sdk.KindOf(err))
		}
	}
}
