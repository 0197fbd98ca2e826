//go:build linux

package faults

import (
	"fmt"
	"testing"
	"time"
)

// A call after that of a hostile function takes no longer than twice what it takes
// after one that is as large and does nothing: in both cases the engine removes a
// container and starts another. The two are measured in turn, more often where the
// bound is not seen at once, and the shortest times are compared: those that the
// rest of the machine disturbed least.
func TestTheNextCallIsAsFast(t *testing.T) {
	t.Parallel()
	const least, most, times = 3, 15, 2
	h := newDockerHome(t)
	h.have("echo", "exec", echo)
	h.works()
	for _, f := range []hostile{forkBomb, fullTmp} {
		h.have(f.id(), "python", f.source, f.settings)
		h.have("calm", "python", "def handler(event, context): pass\n", f.settings)
		usual, after := time.Hour, time.Hour
		for round := 1; round <= least || round <= most && after > times*usual; round++ {
			h.resting()
			h.ok("run", "calm")
			usual = min(usual, h.echoes())
			h.resting()
			h.fn("run", f.id()).want(f.code)
			after = min(after, h.echoes())
		}
		t.Logf("a call takes %v after one that %s, %v after a calm one", after, f.name, usual)
		if after > times*usual {
			t.Errorf("more than %d times", times)
		}
	}
}

// echoes is how long a call takes.
func (h *home) echoes() time.Duration {
	h.Helper()
	began := time.Now()
	h.works()
	return time.Since(began)
}

// resting waits until as many workers wait as are wanted.
func (h *home) resting() {
	h.Helper()
	h.eventually(time.Minute, "the pool comes to rest", func() (string, bool) {
		pools := get[poolList](h, "pool").Pools
		rests := len(pools) > 0
		for _, p := range pools {
			rests = rests && p.Warm == p.Want && p.Starting+p.Running == 0
		}
		return fmt.Sprintf("%+v", pools), rests
	})
}

// poolList is what pool --json prints.
type poolList struct {
	Pools []struct {
		Runtime                       string
		Warm, Want, Starting, Running int
	}
}
