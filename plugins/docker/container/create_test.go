package container

import (
	"context"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
)

// Whenever a start is given up, the engine keeps nothing of it.
func TestAStartThatIsGivenUpLeavesNothing(t *testing.T) {
	l := newLauncher(t)
	kind := python(t, true)
	for wait := range 12 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(wait)*3*time.Millisecond)
		if w, err := l.Start(ctx, kind); err == nil {
			w.Stop()
		}
		cancel()
	}
	workers := l.cfg.Owner.mine()
	workers.Add("label", labelRole+"=worker") // a holder waits for others
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left, err := l.cfg.Engine.ContainerList(t.Context(), container.ListOptions{All: true, Filters: workers})
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d are left, the first is %s", len(left), left[0].Names)
		}
	}
}
