package main

import (
	"context"
	"fmt"
	"time"
)

// The claims are those that were made of workers that start before their call when
// they were designed. They are measured against one container for each function that
// is kept alive.

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
		return c.settle(ctx, done)
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
	samples, err := interleave(ctx, l.dir, plan{rounds: max(1, l.n/60), warmup: min(1, l.n-1), gap: l.gap, between: c.settle}, commands...)
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
