package main

import (
	"context"
	"fmt"
	"time"
)

// claims measures what was claimed of workers that start before their call, when
// they were designed, against one container for each function that is kept alive.
func (l *lab) claims(ctx context.Context) ([]*table, error) {
	return l.inContainers(ctx, l.bestAndWorst, l.longCalls, l.rotating, l.saturated)
}

// forever is how long containers are kept that are not to go by themselves.
const forever = time.Hour

// The rows of the claims.
const (
	keptAlive = "a container that is kept alive"
	keptGone  = "a container that has to be started"
	allWarm   = "fn run hello, a worker waits"
)

func claimColumns() []column {
	return []column{{"n", "n", 0}, {"median_ms", "median ms", 2}, {"p95_ms", "p95 ms", 2}, {"ratio", "× kept alive", 2}}
}

func claimRow(name string, samples []sample, base float64) row {
	r := timeRow(name, samples, base)
	delete(r.figures, "cpu_ms")
	return r
}

// bestAndWorst measures short calls: all find a worker, or none does.
func (l *lab) bestAndWorst(ctx context.Context, c *containers) ([]*table, error) {
	k, err := l.newKeeper(c.runKept(c.hello), forever, 0)
	if err != nil {
		return nil, err
	}
	defer k.close()
	commands := []*command{
		k.run("kept", helloResult), c.run(helloFunction, helloResult).as(allWarm),
		k.run("gone", helloResult), c.run(coldFunction, helloResult).as(calledCold),
	}
	p := plan{rounds: max(1, l.n/16), warmup: min(1, l.n-1), gap: l.gap, between: func(ctx context.Context, done *command) error {
		k.drop("gone")
		return l.refill(ctx, done)
	}}
	samples, err := interleave(ctx, l.dir, p, commands...)
	if err != nil {
		return nil, err
	}
	t := &table{name: "claims_best_worst", title: "Claims: a short call at best and at worst", columns: claimColumns()}
	base := median(durations(samples[0]))
	for i, name := range []string{keptAlive, allWarm, keptGone, calledCold} {
		t.rows = append(t.rows, claimRow(name, samples[i], base))
	}
	t.rows[1].aim = atLeast(t.rows[1].figures["ratio"], 1, "× kept alive: slower than that").claimed()
	t.rows[3].aim = atMost(t.rows[3].figures["ratio"]/t.rows[2].figures["ratio"], 1.1, "× one that has to be started").claimed()
	return []*table{t}, nil
}

// longCalls measures calls that take long, where a start weighs less.
func (l *lab) longCalls(ctx context.Context, c *containers) ([]*table, error) {
	k, err := l.newKeeper(c.runKept(c.long), forever, 0)
	if err != nil {
		return nil, err
	}
	defer k.close()
	commands := []*command{
		k.run("kept", helloResult), c.run(longFunction, helloResult).as("fn run long, a worker waits"),
		c.run(coldLongFunction, helloResult).as("fn run long, no worker waits"), c.runOnce(c.long, helloResult),
	}
	samples, err := interleave(ctx, l.dir, plan{rounds: max(1, l.n/50), warmup: min(1, l.n-1), gap: l.gap, between: l.refill}, commands...)
	if err != nil {
		return nil, err
	}
	t := &table{name: "claims_long", title: fmt.Sprintf("Claims: a call that takes %v", l.long), columns: claimColumns()}
	base := median(durations(samples[0]))
	for i, command := range commands {
		t.rows = append(t.rows, claimRow(command.label(), samples[i], base))
	}
	t.rows[0].name = keptAlive
	t.rows[1].aim = atMost(t.rows[1].figures["ratio"], 1.1, "× kept alive").claimed()
	t.rows[2].aim = atMost(t.rows[2].figures["ratio"], 1.5, "× kept alive").claimed()
	return []*table{t}, nil
}

const (
	rotatingFunctions = 12
	atOnce            = 4 // called one after the other, faster than a worker is replaced
	keptFor           = 2 * time.Second
)

// rotating measures many functions of one runtime: each is called again only when a
// container of its own has long gone.
func (l *lab) rotating(ctx context.Context, c *containers) ([]*table, error) {
	fns, err := l.turns(ctx, c)
	if err != nil {
		return nil, err
	}
	k, err := l.newKeeper(c.runKept(c.hello), keptFor, 0)
	if err != nil {
		return nil, err
	}
	defer k.close()
	kept := make([]*command, len(fns))
	for i, f := range fns {
		kept[i] = k.run(f.name, helloResult)
	}
	defer closeAll(append(kept, fns...))
	if err := openAll(l.dir, append(kept, fns...)); err != nil {
		return nil, err
	}
	samples := make([][]sample, 2)
	for range max(1, l.n/100) {
		if err := pause(ctx, keptFor+keptFor/4); err != nil { // all containers have gone
			return nil, err
		}
		for at := 0; at < len(fns); at += atOnce {
			if err := c.refilled(ctx); err != nil {
				return nil, err
			}
			for side, commands := range [][]*command{kept[at:min(at+atOnce, len(fns))], fns[at:min(at+atOnce, len(fns))]} {
				for _, command := range commands {
					s, err := command.once(ctx)
					if err != nil {
						return nil, err
					}
					samples[side] = append(samples[side], s)
				}
			}
		}
	}
	t := &table{
		name: "claims_rotating", columns: claimColumns(),
		title: fmt.Sprintf("Claims: %d functions of one runtime, %d at a time, each again when a container of its own has gone", len(fns), atOnce),
	}
	t.columns[3].head = "× kept"
	base := median(durations(samples[0]))
	t.rows = []row{claimRow("one container for each, kept for a while", samples[0], base), claimRow("fn run", samples[1], base)}
	t.notes = []string{fmt.Sprintf("kept for %v; of %d calls %d found none and started one", keptFor, len(samples[0]), k.started())}
	t.rows[1].aim = atMost(t.rows[1].figures["ratio"], 1, "× kept: faster than that").claimed()
	return []*table{t}, nil
}

// turns are calls of functions that are alike but for their names.
func (l *lab) turns(ctx context.Context, c *containers) ([]*command, error) {
	var calls []*command
	for i := range min(rotatingFunctions, max(alternating, l.n)) {
		name := turnName(i)
		if err := c.create(ctx, name, l.path("functions/"+helloFunction), c.component); err != nil {
			return nil, err
		}
		calls = append(calls, c.run(name, helloResult))
	}
	return calls, nil
}

func turnName(i int) string { return fmt.Sprintf("turn-%d", i) }
