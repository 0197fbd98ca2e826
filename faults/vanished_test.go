//go:build linux

package faults

import (
	"os"
	"testing"
	"time"
)

// What the host keeps to work with may be removed while it runs, by a cleaner
// of old files or by hand: the next calls succeed all the same.
func TestVanishedState(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.have("echo", "exec", echo)
	h.have("snake", "python", echoPython)
	for _, path := range []string{"home/state/scratch", "home/state"} {
		for range 3 {
			h.works()
			h.ok("run", "snake", "1")
		}
		h.eventually(10*time.Second, "workers wait", func() (string, bool) {
			out := h.ok("pool")
			return out, len(h.waiting()) > 0
		})
		must(t, os.RemoveAll(h.path(path)))
		for range 5 {
			h.works()
			if got := h.ok("run", "snake", "1"); got != "1" {
				t.Errorf("without %s: %q", path, got)
			}
		}
	}
}
