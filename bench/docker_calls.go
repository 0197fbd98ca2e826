package main

import (
	"context"
	"os"
	"strings"
)

const (
	calledLocal = "fn run hello on local"
	calledCold  = "fn run hello, no worker waits"
	calledEcho  = "fn run echo: 1 MB in, 1 MB out"
	echoLocal   = "fn run echo on local: the same"
)

// containerCalls measures a call that finds a worker, one that does not, and one
// that carries much, beside docker run and the same call on local.
func (l *lab) containerCalls(ctx context.Context, c *containers) ([]*table, error) {
	megabyteOfText := `"` + strings.Repeat("x", megabyte-2) + `"`
	event := l.path("event")
	if err := os.WriteFile(event, []byte(megabyteOfText), 0o644); err != nil {
		return nil, err
	}
	once := c.runOnce(c.hello, helloResult)
	calls := []*command{
		c.run(helloFunction, helloResult),
		c.run(coldFunction, helloResult).as(calledCold),
		c.run(echoFunction, megabyteOfText, "@"+event).as(calledEcho),
	}
	if l.absent[helloFunction] == "" {
		calls = append(calls,
			l.home.run(helloFunction, helloResult).as(calledLocal),
			l.home.run(echoFunction, megabyteOfText, "@"+event).as(echoLocal))
	}
	commands := append([]*command{once}, calls...)
	samples, err := interleave(ctx, l.dir, plan{rounds: max(1, l.n/8), warmup: min(1, l.n-1), gap: l.gap, between: c.settle}, commands...)
	if err != nil {
		return nil, err
	}
	t := &table{name: "docker", title: "A call in a container: the pool has refilled, but where no worker waits", columns: timeColumns("× docker run")}
	t.columns[3].decimals = 3
	base := median(durations(samples[0]))
	for i, command := range commands {
		t.rows = append(t.rows, timeRow(command.label(), samples[i], base))
	}
	hello, cold, local := t.row("fn run "+helloFunction), t.row(calledCold), t.row(calledLocal)
	t.row(once.label()).aim = atLeast(1/hello.figures["ratio"], 25, "× fn run hello")
	cold.aim = atMost(cold.figures["ratio"], 1.1, "× docker run --rm")
	if local != nil {
		hello.aim = atMost(hello.figures["median_ms"]/local.figures["median_ms"], 1.3, "× the same on local")
	}
	tables, err := l.withPhases(ctx, t, calls, samples[1:])
	if err == nil {
		aimInside(tables[len(tables)-1])
	}
	return tables, err
}

// aimInside is what the component may take of these calls.
func aimInside(t *table) {
	hello, echo := t.row("fn run "+helloFunction), t.row(calledEcho)
	hello.aim = atMost(hello.figures["median_ms"], 5, "ms")
	echo.aim = atMost(echo.figures["median_ms"], 25, "ms").and(atMost(echo.figures["p95_ms"], 35, "ms of p95"))
}
