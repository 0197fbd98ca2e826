package catalog

import (
	"slices"
	"strings"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// NoImages explains why a verb for a function or runtime that names an image
// cannot be used: on the component named, which runs none, else on any. It
// names those that could, and is never nil.
func NoImages(verb, on string, components []api.Component) *fault.Error {
	able := slices.DeleteFunc(slices.Clone(components), func(c api.Component) bool {
		return c.Limits != nil && !c.Limits.Images // one that never said may be able
	})
	var ready []string
	for _, c := range able {
		if c.State == api.ComponentReady {
			ready = append(ready, c.Name)
		}
	}
	switch {
	case len(able) == 0:
		return fault.New(fault.Unavailable, "no component here runs images").WithHint("fn plugins add docker").In(on, verb)
	case on == "":
		return Refusal(verb, "", able)
	case len(ready) == 0:
		return fault.New(fault.Unavailable, "it runs no images, and what does is not ready: %s is %s", able[0].Name, condition(able[0])).
			WithHint("%s", mend(able[0])).In(on, verb)
	}
	return fault.New(fault.Unimplemented, "it runs no images, but %s does", strings.Join(ready, " or ")).
		WithHint("--on %s", ready[0]).In(on, verb)
}
