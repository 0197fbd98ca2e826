package container

import (
	"context"
	"strings"
	"sync"
	"testing"
)

// Processes of a host that begin at once do not get into each other's way, and the
// bridge of one that died goes.
func TestEveryProcessHasABridgeOfItsOwn(t *testing.T) {
	l := newLauncher(t)
	dead := &networks{engine: l.cfg.Engine, owner: l.cfg.Owner}
	dead.owner.Process = "dead"
	var both sync.WaitGroup
	for _, n := range []*networks{l.networks, dead} {
		both.Go(func() {
			if _, err := n.mode(t.Context(), false); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if got := call(t, start(t, l, python(t, false)), " return 1"); got != "1" {
		t.Error(got)
	}
	removed, err := l.Collect(context.Background(), func(string) bool { return false })
	if err != nil || strings.Join(removed, "") != "network "+dead.name() {
		t.Errorf("%q, %v", removed, err)
	}
}
