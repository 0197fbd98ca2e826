package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	rotatingFunctions = 12
	atOnce            = 4 // called one after the other, faster than a worker is replaced
	keptFor           = 2 * time.Second
)

// rotating measures many functions of one runtime: each is called again only when a
// container of its own has long gone.
func (l *lab) rotating(ctx context.Context, c *containers) ([]*table, error) {
	k, err := l.newKeeper(c.runKept(c.hello), keptFor, 0)
	if err != nil {
		return nil, err
	}
	defer k.close()
	var kept, fns []*command
	for _, name := range c.turns {
		kept, fns = append(kept, k.run(name, helloResult)), append(fns, c.run(name, helloResult))
	}
	all := slices.Concat(kept, fns)
	defer closeAll(all)
	if err := openAll(l.dir, all); err != nil {
		return nil, err
	}
	samples := make([][]sample, 2)
	for range max(1, l.n/100) {
		if err := pause(ctx, keptFor+keptFor/4); err != nil { // all containers have gone
			return nil, err
		}
		for at := 0; at < len(c.turns); at += atOnce {
			if err := c.settled(ctx); err != nil {
				return nil, err
			}
			for side, commands := range [][]*command{kept, fns} {
				for _, command := range commands[at:min(at+atOnce, len(commands))] {
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
		title: fmt.Sprintf("Claims: %d functions of one runtime, %d at a time, each again when a container of its own has gone", len(c.turns), atOnce),
	}
	t.columns[3].head = "× kept"
	base := median(durations(samples[0]))
	t.rows = []row{claimRow("one container for each, kept for a while", samples[0], base), claimRow("fn run", samples[1], base)}
	t.notes = []string{fmt.Sprintf("kept for %v; of %d calls %d found none and started one", keptFor, len(samples[0]), k.started())}
	t.rows[1].aim = atMost(t.rows[1].figures["ratio"], 1, "× kept: faster than that").claimed()
	return []*table{t}, nil
}
