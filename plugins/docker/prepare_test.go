package docker

import (
	"testing"

	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
)

func TestScratchIsTheEmptyImage(t *testing.T) {
	c := &Component{settings: defaultSettings()}
	for image, want := range map[string]string{"scratch": program.ImageRef, "x:1": "x:1", "": defaultImages["exec"]} {
		if got := c.kind(sdk.Function{Runtime: sdk.Runtime{Language: "exec", Image: image}}).Ref; got != want {
			t.Errorf("%q: %s, wanted %s", image, got, want)
		}
	}
}
