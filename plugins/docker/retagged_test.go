package docker

import (
	"context"
	"testing"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/plugins/docker/images"
)

// retaggable makes an image, and a function that gives its name to another one and
// returns the ID of that.
func retaggable(t *testing.T, e *engine.Engine) (ref, id string, retag func() string) {
	t.Helper()
	named := func() string {
		t.Helper()
		found, err := e.ImageInspect(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		return found.ID
	}
	ref = enginetest.Scratch(t, e, nil)
	id = named()
	t.Cleanup(func() { // it has no name then
		_, err := e.ImageRemove(context.Background(), id, image.RemoveOptions{Force: true})
		if err != nil && !errdefs.IsNotFound(err) {
			t.Error(err)
		}
	})
	return ref, id, func() string {
		t.Helper()
		if err := e.ImageTag(t.Context(), enginetest.Scratch(t, e, nil, "ENV NEW=1"), ref); err != nil {
			t.Fatal(err)
		}
		return named()
	}
}

func TestAnImageThatIsMadeAnewServesTheNextCalls(t *testing.T) {
	e := enginetest.Client(t)
	ref, old, retag := retaggable(t, e)
	s := newSite(t, e, "retagged", `{"images": {"exec": "`+ref+`"}, "warm": 1}`)
	f := s.deployed(s.function("f"))
	s.answers(f, "before")
	s.warm()
	to, err := s.up(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fresh := retag()
	until(t, "the new image is taken", func() bool {
		kind, err := s.prepared(t.Context(), to, f)
		if err != nil {
			t.Fatal(err)
		}
		return kind.Image == fresh
	})
	s.answers(f, "after")
	until(t, "the workers of the old image are gone", func() bool {
		list, err := e.ContainerList(t.Context(), container.ListOptions{All: true, Filters: filters.NewArgs(
			filters.Arg("label", "fn.host="+s.host), filters.Arg("label", "fn.role=worker"))})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if c.ImageID == old {
				return false
			}
		}
		return true
	})
}

// Events may be late, or not come.
func TestPrepareLooksAtTheEngineAnew(t *testing.T) {
	e := enginetest.Client(t)
	ref, old, retag := retaggable(t, e)
	p := newPlace(t, map[string]any{"images": map[string]string{"exec": ref}})
	deaf := &linked{engine: e, images: &images.Store{Engine: e, HostID: "deaf", Component: "docker", StateDir: t.TempDir()}}
	f := p.function("f", languageExec, map[string]string{"run": ""})
	is := func(want string) {
		t.Helper()
		if kind, _, err := p.prepare(t.Context(), deaf, f, quiet); err != nil || kind.Image != want {
			t.Errorf("prepare: %s, %v, want %s", kind.Image, err, want)
		}
		if kind, err := p.prepared(t.Context(), deaf, f); err != nil || kind.Image != want {
			t.Errorf("a call has %s, %v, want %s", kind.Image, err, want)
		}
	}
	is(old)
	is(retag())
}
