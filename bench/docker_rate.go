package main

import (
	"context"
	"time"
)

// rateRounds is how often each lot of calls is made.
const rateRounds = 3

// oneShot measures how many calls a second an engine does when no worker waits,
// two at a time, beside docker run from two shells.
func (l *lab) oneShot(ctx context.Context, c *containers) ([]*table, error) {
	n := max(2, l.n/16)
	lots := []struct {
		name string
		make func() *command
	}{
		{"docker run --rm", func() *command { return c.runOnce(c.hello, helloResult) }},
		{"fn run hello", func() *command { return c.run(coldFunction, helloResult) }},
		{"docker run --rm --network none", func() *command { return c.runOnce(c.hello, helloResult, "--network", "none") }},
		{"fn run hello, without network", func() *command { return c.run(apartFunction, helloResult) }},
	}
	t := &table{
		name: "docker_rate", title: "One call after the other from two shells, no worker waits",
		columns: []column{{"calls", "calls", 0}, {"per_second", "calls/s", 1}, {"ratio", "× docker run", 2}},
	}
	loads := make([]load, len(lots))
	for round := range min(rateRounds, l.n) {
		for turn := range lots {
			i := (round + turn) % len(lots)
			began := time.Now()
			if _, err := l.callAll(ctx, again(lots[i].make), 2, n); err != nil {
				return nil, err
			}
			if err := c.settled(ctx); err != nil { // docker run waits until its container is gone, too
				return nil, err
			}
			loads[i] = load{n: loads[i].n + n, took: loads[i].took + time.Since(began)}
		}
	}
	for i, lot := range lots {
		r := loads[i].row(lot.name)
		r.figures["ratio"] = r.figures["per_second"] / loads[i-i%2].row("").figures["per_second"]
		if i%2 == 1 {
			r.aim = atLeast(r.figures["ratio"], 1.5, "× docker run")
		}
		t.rows = append(t.rows, r)
	}
	return []*table{t}, nil
}
