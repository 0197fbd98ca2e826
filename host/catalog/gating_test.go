package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/sdk/fault"
)

var (
	since     = api.Time{Time: time.Date(2026, 3, 1, 12, 0, 0, 0, time.Local)}
	every     = []string{"deploy", "run", "stop", "status"}
	isReady   = api.Component{Name: "local", State: api.ComponentReady, Provides: append(every, "pool")}
	isCloud   = api.Component{Name: "aws", State: api.ComponentReady, Provides: append(every, "logs")}
	isDown    = api.Component{Name: "docker", State: api.ComponentUnavailable, Provides: append(every, "logs"), Since: since, Reason: "no daemon", Hint: "start it"}
	isBroken  = api.Component{Name: "gcp", State: api.ComponentBroken, Since: since, Reason: "no such file"}
	isUnknown = api.Component{Name: "new", State: api.ComponentUnknown}
)

func TestWhy(t *testing.T) {
	components := []api.Component{isReady, isDown, isBroken, isUnknown}
	for verb, want := range map[string]struct {
		available bool
		provides  string
	}{
		"run":    {true, "local docker gcp new"},
		"pool":   {true, "local"},
		"logs":   {false, "docker"},
		"remove": {false, ""},
	} {
		why, err := catalog.Why(verb, components)
		if err != nil {
			t.Fatal(err)
		}
		var provides []string
		for _, c := range why.Components {
			if c.ProvidesIt {
				provides = append(provides, c.Name)
			}
		}
		if why.Verb != verb || why.Available != want.available || strings.Join(provides, " ") != want.provides || len(why.Components) != 4 {
			t.Errorf("%s: available %v, provided by %v of %d", verb, why.Available, provides, len(why.Components))
		}
	}
	none, err := catalog.Why("run", nil)
	if err != nil || none.Available || none.Components == nil || none.Hint != "fn plugins add local" {
		t.Errorf("with none: %+v, %v", none, err)
	}
	_, err = catalog.Why("rnu", components)
	if e := fault.From(err); e.Kind != fault.Invalid || e.Hint != "fn components why run" {
		t.Errorf("%+v", e)
	}
}

func TestRefusal(t *testing.T) {
	const down = "unavailable since 2026-03-01 12:00:00: no daemon"
	const gone = "broken since 2026-03-01 12:00:00: no such file"
	for _, c := range []struct {
		name, verb, on string
		components     []api.Component
		kind           fault.Kind
		message, hint  string
	}{
		{"any", "run", "", []api.Component{isDown, isBroken}, fault.Unavailable, "run: no component is ready for this: docker is " + down + "; gcp is " + gone, "start it"},
		{"any, one has it", "logs", "", []api.Component{isReady, isDown, isBroken}, fault.Unavailable, "logs: no component is ready for this: docker is " + down, "start it"},
		{"any, none has it", "remove", "", []api.Component{isReady}, fault.Unavailable, "remove: no component has this verb", "fn components why remove"},
		{"any, one when named", "run", "", []api.Component{isDown, isCloud}, fault.Unavailable, "run: no component takes this unasked: docker is " + down + ", aws would when named", "--on aws"},
		{"any of nothing", "run", "", nil, fault.Unavailable, "run: no component is configured", "fn plugins add local"},
		{"unavailable", "run", "docker", []api.Component{isReady, isDown}, fault.Unavailable, "docker: run: " + down, "start it"},
		{"broken", "run", "gcp", []api.Component{isReady, isBroken}, fault.Broken, "gcp: run: " + gone, "fn components check gcp"},
		{"unknown", "run", "new", []api.Component{isUnknown}, fault.Unavailable, "new: run: not checked yet", "fn components check new"},
		{"no ability", "logs", "local", []api.Component{isReady}, fault.Unimplemented, "local: logs: this component has no logs", "fn components why logs"},
		{"ready", "run", "local", []api.Component{isReady}, fault.Unavailable, "local: run: it is ready again", "try again"},
		{"typo", "run", "dokcer", []api.Component{isReady, isDown}, fault.NotFound, "dokcer: run: no such component", "did you mean docker?"},
		{"no such", "", "elsewhere", []api.Component{isReady, isDown}, fault.NotFound, "elsewhere: no such component", "there are: local, docker"},
		{"no such of none", "run", "docker", nil, fault.NotFound, "docker: run: no such component", "fn plugins add docker"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := catalog.Refusal(c.verb, c.on, c.components)
			if e.Kind != c.kind || e.Error() != c.message || e.Hint != c.hint {
				t.Errorf("%s: %s\n  %s", e.Kind, e, e.Hint)
			}
		})
	}
}
