package main

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fnhost/fn/bench/proc"
)

// many makes a long run of calls, several at once, and looks for what they
// leave behind.
func (l *lab) many(ctx context.Context) ([]*table, error) {
	name := l.least()
	if _, err := l.callAll(ctx, name, min(l.calls, 200)); err != nil { // what is set up once
		return nil, err
	}
	before, err := l.look(ctx)
	if err != nil {
		return nil, err
	}
	half := l.calls / 2
	first, err := l.callAll(ctx, name, half)
	if err != nil {
		return nil, err
	}
	middle, err := l.look(ctx)
	if err != nil {
		return nil, err
	}
	second, err := l.callAll(ctx, name, l.calls-half)
	if err != nil {
		return nil, err
	}
	after, err := l.look(ctx)
	if err != nil {
		return nil, err
	}
	speed := &table{
		name:    "many",
		title:   fmt.Sprintf("%d calls, %d at once: fn run %s", l.calls, l.parallel, name),
		columns: []column{{"calls", "calls", 0}, {"per_second", "calls/s", 0}},
		rows:    []row{first.row("first half"), second.row("second half")},
	}
	if !proc.Supported {
		speed.notes = append(speed.notes, "what they use and leave is not measured: it takes Linux's /proc")
		return []*table{speed}, nil
	}
	cpu := usedCPU(l.calls, first.cpu+second.cpu, before, after)
	return []*table{speed, cpu, left(before, middle, after)}, nil
}

// load is a number of calls that were made.
type load struct {
	n    int
	took time.Duration
	cpu  time.Duration // of the fn processes
}

func (l load) row(name string) row {
	return row{name: name, figures: map[string]float64{
		"calls": float64(l.n), "per_second": float64(l.n) / l.took.Seconds(),
	}}
}

// callAll makes n calls, parallel at once; the first that fails ends it.
func (l *lab) callAll(ctx context.Context, name string, n int) (load, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, cpu atomic.Int64
	var callers sync.WaitGroup
	began := time.Now()
	for range l.parallel {
		callers.Go(func() {
			c := l.home.run(name, "")
			defer c.close()
			err := c.open(l.dir)
			for err == nil && ctx.Err() == nil && next.Add(1) <= int64(n) {
				var s sample
				s, err = c.once(ctx)
				cpu.Add(int64(s.cpu))
			}
			if err != nil {
				cancel(err)
			}
		})
	}
	callers.Wait()
	return load{n, time.Since(began), time.Duration(cpu.Load())}, context.Cause(ctx)
}

// held is what the host and all below it hold at rest.
type held struct {
	processes map[string]proc.Facts // of host and plugin
	count     int                   // processes in all
	files     int                   // in the home
}

func (l *lab) look(ctx context.Context) (held, error) {
	h := held{processes: map[string]proc.Facts{}}
	if err := l.home.refilled(ctx); err != nil {
		return h, err
	}
	host, err := l.home.host(ctx)
	if err != nil {
		return h, err
	}
	tree := proc.Tree(host.PID)
	h.count = len(tree)
	for _, p := range tree {
		if p.Name == "fn-host" || p.Name == "fn-plugin-local" {
			h.processes[p.Name] = p.Facts
		}
	}
	err = filepath.WalkDir(l.home.dir, func(string, fs.DirEntry, error) error {
		h.files++
		return nil // what vanishes meanwhile was temporary
	})
	return h, err
}

// usedCPU is the CPU time of one call, by process. What a worker and its
// function used is known once they have ended, of their parent.
func usedCPU(calls int, fn time.Duration, before, after held) *table {
	host := func(h held) time.Duration { return h.processes["fn-host"].CPU }
	plugin := func(h held) time.Duration { return h.processes["fn-plugin-local"].CPU }
	workers := func(h held) time.Duration { return h.processes["fn-plugin-local"].Waited }
	t := &table{name: "many_cpu", title: "CPU time of one of these calls", columns: []column{{"cpu_ms", "ms", 2}}}
	add := func(name string, used time.Duration) {
		t.rows = append(t.rows, row{name: name, figures: map[string]float64{"cpu_ms": ms(used) / float64(calls)}})
	}
	add("fn", fn)
	add("host", host(after)-host(before))
	add("plugin", plugin(after)-plugin(before))
	add("worker and function, start and end included", workers(after)-workers(before))
	return t
}

// left puts three looks beside each other.
func left(before, middle, after held) *table {
	t := &table{
		name:    "many_left",
		title:   "What they leave, each look with the pools full",
		columns: []column{{"before", "before", 1}, {"half_way", "half way", 1}, {"after", "after", 1}},
	}
	add := func(name string, of func(held) float64) {
		t.rows = append(t.rows, row{name: name, figures: map[string]float64{
			"before": of(before), "half_way": of(middle), "after": of(after),
		}})
	}
	for _, name := range []string{"fn-host", "fn-plugin-local"} {
		add(name+": resident MB", func(h held) float64 { return float64(h.processes[name].RSS) / megabyte })
		add(name+": descriptors", func(h held) float64 { return float64(h.processes[name].Files) })
		add(name+": threads", func(h held) float64 { return float64(h.processes[name].Threads) })
	}
	add("processes, host included", func(h held) float64 { return float64(h.count) })
	add("files in the home", func(h held) float64 { return float64(h.files) })
	return t
}
