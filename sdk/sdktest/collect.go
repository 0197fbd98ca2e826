package sdktest

import (
	"strings"
	"testing"
)

// collect checks that only what is of no use is removed, and all of it.
func (g *tongue) collect(t *testing.T) {
	if !g.can.Collect {
		t.Skip("the component has no Collector")
	}
	f := g.deployed(t, "act")
	g.answers(t, f, g.do("say", "before"), "before")
	ctx, cancel := g.patient(t)
	defer cancel()
	removed, err := g.client.Collect(ctx, nil, nil)
	must(t, "Collect removes what is of no use any more", err)
	for _, what := range removed {
		if what == "" || strings.Contains(what, "\n") {
			breach(t, "Collect says in words what it removed, a line of each", "it says %q", what)
		}
	}
	g.answers(t, f, g.do("say", "after"), "after")
	again, err := g.client.Collect(ctx, nil, nil)
	must(t, "Collect removes what is of no use any more", err)
	if len(again) > 0 {
		breach(t, "Collect leaves nothing that could be removed", "asked again it removes %q", again)
	}
}
