package docker

import (
	"testing"

	"github.com/fnhost/fn/plugins/docker/enginetest"
)

// A component that ends while the engine makes containers leaves none of them.
func TestNothingIsLeftOfWhatWasBeingMade(t *testing.T) {
	e := enginetest.Client(t)
	for range 4 {
		s := siteIn(t, t.TempDir(), e, "closed", `{"images": {"exec": ""}, "warm": 2}`)
		f := s.deployed(s.function("f"))
		s.answers(f, "x") // its worker and others are replaced now
		if err := s.Close(); err != nil {
			t.Error("close:", err)
		}
		if left := s.ours(); len(left) > 0 {
			t.Error("left after Close:", left)
		}
	}
}
