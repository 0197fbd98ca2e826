package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fnhost/fn/bench/proc"
)

// many makes a long run of calls, several at once, and looks for what they
// leave behind. Python, which takes longer, makes fewer.
func (l *lab) many(ctx context.Context) ([]*table, error) {
	tables, err := l.manyOf(ctx, l.least(), l.calls)
	if err != nil || l.absent[helloFunction] != "" {
		return tables, err
	}
	python, err := l.manyOf(ctx, helloFunction, max(2, l.calls/5))
	return append(tables, python...), err
}

func (l *lab) manyOf(ctx context.Context, name string, calls int) ([]*table, error) {
	call := func() []*command { return []*command{l.home.run(name, wanted(name))} }
	if _, err := l.callAll(ctx, call, l.parallel, min(calls, 200)); err != nil { // what is set up once
		return nil, err
	}
	before, err := l.look(ctx)
	if err != nil {
		return nil, err
	}
	half := calls / 2
	first, err := l.callAll(ctx, call, l.parallel, half)
	if err != nil {
		return nil, err
	}
	middle, err := l.look(ctx)
	if err != nil {
		return nil, err
	}
	second, err := l.callAll(ctx, call, l.parallel, calls-half)
	if err != nil {
		return nil, err
	}
	after, err := l.look(ctx)
	if err != nil {
		return nil, err
	}
	speed := &table{
		name:    "many_" + name,
		title:   fmt.Sprintf("%d calls, %d at once: fn run %s", calls, l.parallel, name),
		columns: []column{{"calls", "calls", 0}, {"per_second", "calls/s", 0}},
		rows:    []row{first.row("first half"), second.row("second half")},
	}
	if !proc.Supported {
		speed.notes = append(speed.notes, "what they use and leave is not measured: it takes Linux's /proc")
		return []*table{speed}, nil
	}
	cpu := usedCPU(calls, first.cpu+second.cpu, before, after)
	remains := left(before, middle, after)
	cpu.name, remains.name = speed.name+"_cpu", speed.name+"_left"
	return []*table{speed, cpu, remains}, nil
}

// load is a number of commands that were run.
type load struct {
	n    int
	took time.Duration
	cpu  time.Duration // of the started processes
}

func (l load) row(name string) row {
	return row{name: name, figures: map[string]float64{
		"calls": float64(l.n), "per_second": float64(l.n) / l.took.Seconds(),
	}}
}

// callAll runs commands in turn, n times in all and parallel at once; the first
// that fails ends it.
func (l *lab) callAll(ctx context.Context, commands func() []*command, parallel, n int) (load, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, cpu atomic.Int64
	var callers sync.WaitGroup
	began := time.Now()
	for range parallel {
		callers.Go(func() {
			turns := commands()
			err := openAll(l.dir, turns)
			defer closeAll(turns)
			for turn := next.Add(1); err == nil && ctx.Err() == nil && turn <= int64(n); turn = next.Add(1) {
				var s sample
				s, err = turns[turn%int64(len(turns))].once(ctx)
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

// usedCPU is the CPU time of one call, by process. What a worker and its
// function used is known once they have ended, of their parent.
func usedCPU(calls int, fn time.Duration, before, after held) *table {
	host := func(h held) time.Duration { return h.processes["fn-host"].CPU }
	plugin := func(h held) time.Duration { return h.processes["fn-plugin-local"].CPU }
	workers := func(h held) time.Duration { return h.processes["fn-plugin-local"].Waited }
	t := &table{title: "CPU time of one of these calls", columns: []column{{"cpu_ms", "ms", 2}}}
	add := func(name string, used time.Duration) {
		t.rows = append(t.rows, row{name: name, figures: map[string]float64{"cpu_ms": ms(used) / float64(calls)}})
	}
	add("fn", fn)
	add("host", host(after)-host(before))
	add("plugin", plugin(after)-plugin(before))
	add("worker and function, start and end included", workers(after)-workers(before))
	return t
}
