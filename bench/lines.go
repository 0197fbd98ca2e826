package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// lineRounds is how often each batch is run.
const lineRounds = 3

// batch measures a batch of python calls, one a line, two at a time, against
// starting as many bare interpreters, two at a time.
func (l *lab) batch(ctx context.Context) ([]*table, error) {
	t := &table{
		name:    "lines",
		title:   fmt.Sprintf("%d lines, two at a time", l.lines),
		columns: []column{{"n", "n", 0}, {"median_ms", "median ms", 0}, {"p95_ms", "p95 ms", 0}, {"per_second", "a second", 0}},
	}
	xargs, err := exec.LookPath("xargs")
	if err != nil || l.absent[helloFunction] != "" {
		t.notes = append(t.notes, "not measured: it takes python and xargs")
		return []*table{t}, nil
	}
	events := l.path("lines")
	if err := os.WriteFile(events, bytes.Repeat([]byte("{}\n"), l.lines), 0o644); err != nil {
		return nil, err
	}
	batch := l.home.run(helloFunction, strings.Repeat(helloResult+"\n", l.lines))
	batch.argv = append(batch.argv, "@"+events, "--each-line", "--parallel", "2")
	bare := &command{
		name: "xargs -P2 " + barePython,
		argv: []string{xargs, "-P2", "-n1", "-a", events, l.python.path, "-c", "pass"},
	}
	samples, err := interleave(ctx, l.dir, plan{rounds: lineRounds, gap: l.gap, between: l.refill}, bare, batch)
	if err != nil {
		return []*table{t}, err
	}
	t.rows = []row{
		l.batchRow(bare.name, samples[0]),
		l.batchRow("fn run "+helloFunction+" --each-line --parallel 2", samples[1]),
	}
	t.rows[1].aim = atLeast(t.rows[1].figures["per_second"]/t.rows[0].figures["per_second"], 2, "× xargs")
	return []*table{t}, nil
}

func (l *lab) batchRow(name string, samples []sample) row {
	took := durations(samples)
	return row{name: name, figures: map[string]float64{
		"n": float64(len(took)), "median_ms": median(took), "p95_ms": p95(took),
		"per_second": 1000 * float64(l.lines) / median(took),
	}}
}
