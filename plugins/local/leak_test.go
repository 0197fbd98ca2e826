package local

import (
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/fnhost/fn/worker/process"
)

// spread is how many goroutines more there may be: control groups are made when
// more workers than ever exist at once, and each keeps one.
const spread = 10

// Five hundred calls leave nothing behind: no descriptor, process, goroutine or
// file.
func TestCallsLeaveNothingBehind(t *testing.T) {
	p := newPlace(t, `{"warm_max": 2}`, nil) // calls at once must not make it larger
	f := p.deployed("f", languageExec, cat)
	batch := func(calls int) {
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range calls / 4 {
					if a := p.call(t.Context(), f, "x"); a.err != nil {
						t.Error(a.err)
					}
				}
			})
		}
		group.Wait()
		p.rested()
		p.server.Flush()
	}
	batch(40)
	before := resources()
	batch(500)
	t.Logf("before: %+v", before)
	defer func() { t.Logf("after: %+v", resources()) }()
	until(t, "as many descriptors, processes and goroutines as before", func() bool {
		now := resources()
		return now.descriptors <= before.descriptors && now.processes <= before.processes && now.goroutines <= before.goroutines+spread
	})
}

type held struct{ descriptors, processes, goroutines int }

func resources() (h held) {
	open, _ := os.ReadDir("/proc/self/fd")
	return held{
		descriptors: len(open),
		processes:   len(process.Descendants(os.Getpid())),
		goroutines:  runtime.NumGoroutine(),
	}
}
