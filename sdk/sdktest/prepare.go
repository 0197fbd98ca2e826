package sdktest

import (
	"testing"

	"github.com/fnhost/fn/sdk"
)

// prepare makes the language's plain runtime ready, which needs nothing that
// the functions of the suite do not need.
func (g *tongue) prepare(t *testing.T) {
	if !g.can.Prepare {
		t.Skip("the component has no Preparer")
	}
	ctx, cancel := g.patient(t)
	defer cancel()
	r := sdk.Runtime{Name: "suite-" + g.id, Language: g.language.Name}
	must(t, "PrepareRuntime makes a runtime ready", g.client.PrepareRuntime(ctx, r, nil))
	must(t, "PrepareRuntime is idempotent", g.client.PrepareRuntime(ctx, r, nil))

	f := g.function(lastPart(t), "act")
	f.Runtime = r
	g.deploy(t, f)
	g.answers(t, f, g.do("say", "prepared"), "prepared")

	r.Language = "no-such-language"
	wants(t, "PrepareRuntime refuses a language that is not announced", g.client.PrepareRuntime(ctx, r, nil), sdk.Invalid, sdk.Unimplemented)
}
