package docker

import (
	"context"
	"testing"

	"github.com/docker/docker/api/types/image"
	"github.com/fnhost/fn/plugins/docker/enginetest"
)

func TestAnImageThatIsRemovedIsPulledAgain(t *testing.T) {
	e := enginetest.Client(t)
	ref := enginetest.Registry(t, "", "").Push(t, e, enginetest.Scratch(t, e, nil), "removed")
	t.Cleanup(func() {
		if _, err := e.ImageRemove(context.Background(), ref, image.RemoveOptions{Force: true}); err != nil {
			t.Error(err)
		}
	})
	s := newSite(t, e, "images", `{"images": {"exec": "`+ref+`"}, "warm": 1}`)
	f := s.deployed(s.function("f"))
	s.answers(f, "before")
	to, err := s.up(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.warm()
	if _, err := e.ImageRemove(t.Context(), ref, image.RemoveOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	until(t, "the image is forgotten", func() bool { _, known := to.images.Known(ref); return !known })
	s.answers(f, "pulled again")
	if _, err := e.ImageInspect(t.Context(), ref); err != nil {
		t.Error(err)
	}
}
