package main

import (
	"context"
	"fmt"
)

const (
	alternating = 4
	roomForKept = 2
)

// saturated measures functions that are called in turn, two at a time and as fast
// as they go, where there is room for fewer containers than functions.
func (l *lab) saturated(ctx context.Context, c *containers) ([]*table, error) {
	k, err := l.newKeeper(c.runKept(c.hello), forever, roomForKept)
	if err != nil {
		return nil, err
	}
	defer k.close()
	turns := func(call func(name string) *command) func() []*command {
		return func() (commands []*command) {
			for _, name := range c.turns[:alternating] {
				commands = append(commands, call(name))
			}
			return commands
		}
	}
	kept := turns(func(name string) *command { return k.run(name, helloResult) })
	fns := turns(func(name string) *command { return c.run(name, helloResult) })
	loads := make([]load, 2)
	for range min(2, l.n) {
		for side, commands := range []func() []*command{kept, fns} {
			if err := c.settled(ctx); err != nil {
				return nil, err
			}
			if side == 1 { // until no worker waits any more
				if _, err := l.callAll(ctx, commands, 2, min(2*poolSize, l.n)); err != nil {
					return nil, err
				}
			}
			took, err := l.callAll(ctx, commands, 2, max(2, l.n/10))
			if err != nil {
				return nil, err
			}
			loads[side] = load{n: loads[side].n + took.n, took: loads[side].took + took.took}
		}
	}
	t := &table{
		name: "claims_saturated", title: "Claims: functions in turn, two at a time and as fast as they go",
		columns: []column{{"calls", "calls", 0}, {"per_second", "calls/s", 1}, {"ratio", "× kept", 2}},
		rows:    []row{loads[0].row(fmt.Sprintf("one container for each, with room for %d of %d", roomForKept, alternating)), loads[1].row("fn run")},
	}
	t.notes = []string{fmt.Sprintf("one container for each: of %d calls %d found none and started one", loads[0].n, k.started())}
	base := t.rows[0].figures["per_second"]
	for i := range t.rows {
		t.rows[i].figures["ratio"] = t.rows[i].figures["per_second"] / base
	}
	ratio := t.rows[1].figures["ratio"]
	t.rows[1].aim = atLeast(ratio, 0.8, "× kept").and(atMost(ratio, 1.25, "× kept: about the same")).claimed()
	return []*table{t}, nil
}
