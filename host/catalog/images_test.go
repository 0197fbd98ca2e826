package catalog

import (
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

func TestNoImagesNamesThoseThatCould(t *testing.T) {
	component := func(name, state string, images bool) api.Component {
		return api.Component{
			Name: name, State: state, Reason: "engine: stopped", Hint: "start it", Provides: api.Verbs(),
			Limits: &api.Limits{Images: images, OnThisMachine: true},
		}
	}
	local := component("local", api.ComponentReady, false)
	docker := component("docker", api.ComponentReady, true)
	stopped := component("docker", api.ComponentUnavailable, true)
	for name, c := range map[string]struct {
		on         string
		components []api.Component
		kind       fault.Kind
		text, hint string
	}{
		"named":            {"local", []api.Component{local, docker}, fault.Unimplemented, "local: run: it runs no images, but docker does", "--on docker"},
		"named, not ready": {"local", []api.Component{local, stopped}, fault.Unavailable, "local: run: it runs no images, and what does is not ready: docker is unavailable: engine: stopped", "start it"},
		"not ready":        {"", []api.Component{local, stopped}, fault.Unavailable, "run: no component is ready for this: docker is unavailable: engine: stopped", "start it"},
		"none":             {"", []api.Component{local}, fault.Unavailable, "run: no component here runs images", "fn plugins add docker"},
		"named, none":      {"local", []api.Component{local}, fault.Unavailable, "local: run: no component here runs images", "fn plugins add docker"},
	} {
		e := NoImages("run", c.on, c.components)
		if e.Kind != c.kind || e.Error() != c.text || e.Hint != c.hint {
			t.Errorf("%s: %s %q, hint %q", name, e.Kind, e, e.Hint)
		}
	}
}
