package main

import (
	"context"
	"time"
)

// plan says how often commands are run.
type plan struct {
	rounds int
	warmup int           // rounds before, not counted
	row    int           // runs in a row within a round; 0 means 1
	gap    time.Duration // idle before each row, for all commands alike
	// between, if set, comes after each row: wait until all is as before.
	between func(context.Context, *command) error
}

// interleave runs the commands in turn, A B C, B C A, C A B, so that none always
// comes after the same one, and returns the samples of each, in the order of
// commands and time.
func interleave(ctx context.Context, dir string, p plan, commands ...*command) ([][]sample, error) {
	defer closeAll(commands)
	if err := openAll(dir, commands); err != nil {
		return nil, err
	}
	samples := make([][]sample, len(commands))
	for round := range p.warmup + p.rounds {
		for turn := range commands {
			i := (round + turn) % len(commands)
			c := commands[i]
			if err := pause(ctx, p.gap); err != nil {
				return nil, err
			}
			for range max(1, p.row) {
				s, err := c.once(ctx)
				if err != nil {
					return nil, err
				}
				if round >= p.warmup {
					samples[i] = append(samples[i], s)
				}
			}
			if p.between != nil {
				if err := p.between(ctx, c); err != nil {
					return nil, err
				}
			}
		}
	}
	return samples, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
