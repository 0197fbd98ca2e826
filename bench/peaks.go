package main

import (
	"sync"
	"time"

	"github.com/fnhost/fn/bench/proc"
)

// sampleEvery is how often processes are looked at. The kernel keeps the peak
// of each, so nothing is missed but the last moments of one that ends.
const sampleEvery = 50 * time.Millisecond

// peaks watches the memory of a command, its host and all below that.
type peaks struct {
	host  int
	done  chan struct{}
	ended sync.WaitGroup
	order []string
	most  map[string]int64 // by role, bytes
}

func newPeaks(host int) *peaks {
	return &peaks{host: host, done: make(chan struct{}), most: map[string]int64{}}
}

// start watches until stop.
func (p *peaks) start(command int) {
	p.ended.Go(func() {
		for {
			p.look(proc.Tree(command))
			p.look(proc.Tree(p.host))
			select {
			case <-p.done:
				return
			case <-time.After(sampleEvery):
			}
		}
	})
}

func (p *peaks) look(tree []proc.Process) {
	roles := rolesOf(tree)
	for _, process := range tree {
		role := roles[process.PID]
		if _, ok := p.most[role]; !ok {
			p.order = append(p.order, role)
		}
		p.most[role] = max(p.most[role], process.Peak)
	}
}

// stop tells the largest resident size of one process in each role.
func (p *peaks) stop() *table {
	close(p.done)
	p.ended.Wait()
	t := &table{
		name:    "stream_memory",
		title:   "Resident memory meanwhile, the peak of one process",
		columns: []column{{"peak_mb", "MB", 1}},
		notes:   []string{"peaks of different moments, so the sum is an upper bound"},
	}
	add := func(name string, bytes int64, aim *aim) {
		t.rows = append(t.rows, row{name: name, figures: map[string]float64{"peak_mb": float64(bytes) / megabyte}, aim: aim})
	}
	for _, role := range p.order {
		add(role, p.most[role], nil)
	}
	both := p.most["fn-host"] + p.most["fn-plugin-local"]
	add("host and plugin together", both, atMost(float64(both)/megabyte, 150, "MB"))
	return t
}
