package main

import (
	"context"
	"path/filepath"
)

// warm measures calls that find a waiting worker, beside the floor, fn itself
// and what the bare function takes.
func (l *lab) warm(ctx context.Context) ([]*table, error) {
	calls := l.doNothing(l.home)
	commands := append([]*command{l.floor(), l.itself()}, l.bare()...)
	first := len(commands)
	commands = append(commands, calls...)
	samples, err := interleave(ctx, l.dir, plan{rounds: l.n, warmup: 3, gap: l.gap}, commands...)
	if err != nil {
		return nil, err
	}
	t := timeTable("warm", "A warm call: the pool has refilled", commands, samples)
	t.rows[1].aim = atMost(t.rows[1].figures["ratio"], 1.5, "F")
	l.aimOfHello(t, 0.7)
	return l.withPhases(ctx, t, calls, samples[first:])
}

// timeTable has a row for each command, the first of which is F.
func timeTable(name, title string, commands []*command, samples [][]sample) *table {
	t := &table{name: name, title: title, columns: timeColumns("× F")}
	base := median(durations(samples[0]))
	for i, c := range commands {
		t.rows = append(t.rows, timeRow(c.label(), samples[i], base))
	}
	return t
}

// aimOfHello sets the call of hello against the start of its interpreter.
func (l *lab) aimOfHello(t *table, limit float64) {
	hello, bare := t.row("fn run "+helloFunction), t.row(barePython)
	if hello != nil && bare != nil {
		hello.aim = atMost(hello.figures["median_ms"]/bare.figures["median_ms"], limit, "× "+barePython)
	}
}

// floor is F.
func (l *lab) floor() *command {
	return &command{name: "F: a request to a unix socket", argv: []string{l.refs.client, l.socket, "ping"}, want: "ping\n"}
}

// itself is a call that the host answers at once: what it takes is fn's own.
func (l *lab) itself() *command {
	c := l.stub.run(helloFunction, helloResult)
	c.home, c.function, c.name = nil, "", "fn itself: a host that answers at once"
	return c
}

const (
	barePython = "python -c pass"
	bareNode   = "node -e 0"
)

// bare are the functions' programs without fn.
func (l *lab) bare() []*command {
	var bare []*command
	if l.noop {
		bare = append(bare, &command{name: "noop itself", argv: []string{filepath.Join(l.path("functions"), noopFunction, "run")}})
	}
	bare = append(bare, &command{name: "sh -c :", argv: []string{"/bin/sh", "-c", ":"}})
	if l.python.path != "" {
		bare = append(bare, &command{name: barePython, argv: []string{l.python.path, "-c", "pass"}})
	}
	return bare
}

// languages measures warm calls of the languages that start slowly, or with a
// server of their own.
func (l *lab) languages(ctx context.Context) ([]*table, error) {
	calls := l.callsOf(l.home, nodeFunction, providedFunction)
	if len(calls) == 0 {
		return nil, nil
	}
	commands := []*command{l.floor()}
	if l.node.path != "" {
		commands = append(commands, &command{name: bareNode, argv: []string{l.node.path, "-e", "0"}})
	}
	first := len(commands)
	commands = append(commands, calls...)
	samples, err := interleave(ctx, l.dir, plan{rounds: max(1, l.n/4), warmup: 2, gap: l.gap, between: l.refill}, commands...)
	if err != nil {
		return nil, err
	}
	t := timeTable("languages", "A warm call in other languages", commands, samples)
	return l.withPhases(ctx, t, calls, samples[first:])
}

// refill waits for the pool after a call.
func (l *lab) refill(ctx context.Context, c *command) error {
	if c.home == nil {
		return nil
	}
	return c.home.refilled(ctx)
}

// burst measures ten calls in a row: the pool runs dry, and later calls wait
// for a start.
func (l *lab) burst(ctx context.Context) ([]*table, error) {
	calls := l.doNothing(l.home)
	commands := []*command{l.floor()}
	if l.python.path != "" {
		commands = append(commands, &command{name: barePython, argv: []string{l.python.path, "-c", "pass"}})
	}
	first := len(commands)
	commands = append(commands, calls...)
	samples, err := interleave(ctx, l.dir, plan{rounds: max(2, l.n/20), warmup: 1, row: 10, gap: l.gap, between: l.refill}, commands...)
	if err != nil {
		return nil, err
	}
	t := timeTable("burst", "Ten calls in a row, each as soon as the last has ended", commands, samples)
	l.aimOfHello(t, 0.7)
	return l.withPhases(ctx, t, calls, samples[first:])
}
