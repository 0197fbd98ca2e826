package sdktest

import (
	"testing"

	"github.com/fnhost/fn/sdk"
)

// malformed is no reference to an image, which is told without asking a registry.
const malformed = "no image: at all"

// images checks what is refused of functions and runtimes that name an image.
// Whether real ones run is for the component's own tests: the suite has none.
func (g *tongue) images(t *testing.T) {
	function := g.function(lastPart(t), "act")
	function.Code, function.Handler = sdk.Bundle{}, ""
	runtime := g.function(lastPart(t), "act")
	if g.limits.Images {
		runtime.Runtime.Image = malformed
		g.refuses(t, "a runtime whose image is no reference is Invalid", runtime)
		function.Image = malformed
		g.refuses(t, "a function whose image is no reference is Invalid", function)
		if g.language.Name != "exec" && g.language.Name != "provided" {
			function.Image = "suite/image"
			g.refuses(t, "a function that is an image is of language exec or provided", function)
		}
		return
	}
	runtime.Runtime.Image, function.Image = "suite/image", "suite/image"
	const sentence = "without Limits.Images no runtime or function with an image is taken"
	g.refuses(t, sentence, runtime)
	g.refuses(t, sentence, function)
	if g.can.Prepare {
		ctx, cancel := g.patient(t)
		defer cancel()
		wants(t, sentence, g.client.PrepareRuntime(ctx, runtime.Runtime, nil), sdk.Invalid, sdk.Unimplemented)
	}
}

// refuses checks that f is not deployed.
func (g *tongue) refuses(t *testing.T, sentence string, f sdk.Function) {
	t.Helper()
	ctx, cancel := g.patient(t)
	defer cancel()
	_, err := g.client.Deploy(ctx, f, nil)
	if err == nil {
		defer g.takeAway(t, f.Name)
	}
	wants(t, sentence, err, sdk.Invalid, sdk.Unimplemented)
	if s := g.status(t, f.Name); err != nil && s != nil && s.State != sdk.StateFailed {
		breach(t, "what Deploy refused cannot be called", "Status tells %s", s.State)
	}
}
