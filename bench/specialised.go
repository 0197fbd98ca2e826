package main

import (
	"context"
	"path/filepath"
)

const (
	heavyFunction  = "heavy"  // python: takes 300 ms to load
	loadedFunction = "loaded" // the same, with workers that have it loaded
)

// specialised measures a function that takes long to load, with and without
// workers that wait with it loaded, beside one that loads at once.
func (l *lab) specialised(ctx context.Context) ([]*table, error) {
	if l.absent[helloFunction] != "" {
		return nil, nil
	}
	code := filepath.Join(l.path("functions"), heavyFunction)
	for name, warm := range map[string]string{heavyFunction: "0", loadedFunction: "2"} {
		if _, err := l.home.do(ctx, "create", name, code, "--runtime", "python", "--warm", warm); err != nil {
			return nil, err
		}
		defer l.home.do(context.WithoutCancel(ctx), "delete", name) //nolint:errcheck // the home is thrown away
		if _, err := l.home.do(ctx, "run", name); err != nil {
			return nil, err
		}
	}
	defer l.home.do(context.WithoutCancel(ctx), "remove", loadedFunction) //nolint:errcheck // the same
	calls := []*command{l.home.run(helloFunction, helloResult), l.home.run(loadedFunction, helloResult), l.home.run(heavyFunction, helloResult)}
	commands := append([]*command{l.floor()}, calls...)
	samples, err := interleave(ctx, l.dir, plan{rounds: max(1, l.n/4), warmup: 1, gap: l.gap, between: l.refill}, commands...)
	if err != nil {
		return nil, err
	}
	t := timeTable("specialised", "A function that takes 300 ms to load", commands, samples)
	hello, loaded := t.row("fn run "+helloFunction), t.row("fn run "+loadedFunction)
	if hello != nil && loaded != nil {
		loaded.aim = atMost(loaded.figures["median_ms"]/hello.figures["median_ms"], 2, "× fn run "+helloFunction)
	}
	return l.withPhases(ctx, t, calls, samples[1:])
}
