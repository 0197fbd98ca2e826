package main

import (
	"context"
	"path/filepath"
	"strings"
)

// warm measures calls that find a waiting worker, beside the floor and beside
// what the bare function takes.
func (l *lab) warm(ctx context.Context) ([]*table, error) {
	calls := l.doNothing(l.home)
	commands := append([]*command{l.floor()}, l.bare()...)
	first := len(commands)
	commands = append(commands, calls...)
	samples, err := interleave(ctx, l.dir, plan{rounds: l.n, warmup: 3, gap: l.gap}, commands...)
	if err != nil {
		return nil, err
	}
	t := &table{name: "warm", title: "A warm call: the pool has refilled", columns: timeColumns("× F")}
	base := median(durations(samples[0]))
	for i, c := range commands {
		r := timeRow(c.name, samples[i], base)
		if i >= first {
			r.name = "fn run " + r.name
		}
		if c.name == noopFunction {
			r.aim = atMost(r.figures["ratio"], 3, "%.0f F")
		}
		t.rows = append(t.rows, r)
	}
	where, err := l.phases(ctx, "warm_phases", calls, samples[first:])
	return []*table{t, where}, err
}

// floor is F.
func (l *lab) floor() *command {
	return &command{name: "F: a request to a unix socket", argv: []string{l.refs.client, l.socket, "ping"}, want: "ping\n"}
}

// bare are the functions' programs without fn.
func (l *lab) bare() []*command {
	var bare []*command
	if l.noop {
		bare = append(bare, &command{name: "noop itself", argv: []string{filepath.Join(l.path("functions"), noopFunction, "run")}})
	}
	bare = append(bare, &command{name: "sh -c :", argv: []string{"/bin/sh", "-c", ":"}})
	if l.python != "" {
		bare = append(bare, &command{name: "python -c pass", argv: []string{l.python, "-c", "pass"}})
	}
	return bare
}

// burst measures ten calls in a row: the pool runs dry, and later calls wait
// for a start.
func (l *lab) burst(ctx context.Context) ([]*table, error) {
	calls := l.doNothing(l.home)
	commands := append([]*command{l.floor()}, calls...)
	p := plan{
		rounds: max(2, l.n/20), warmup: 1, row: 10, gap: l.gap,
		between: func(ctx context.Context, c *command) error {
			if c == commands[0] {
				return nil
			}
			return l.home.refilled(ctx)
		},
	}
	samples, err := interleave(ctx, l.dir, p, commands...)
	if err != nil {
		return nil, err
	}
	t := &table{name: "burst", title: "Ten calls in a row, each as soon as the last has ended", columns: timeColumns("× F")}
	base := median(durations(samples[0]))
	for i, c := range commands {
		r := timeRow(c.name, samples[i], base)
		if i > 0 {
			r.name = "fn run " + r.name
		}
		t.rows = append(t.rows, r)
	}
	where, err := l.phases(ctx, "burst_phases", calls, samples[1:])
	return []*table{t, where}, err
}

// phases says where the time of calls went: before the host had the request, in
// the host, and after its reply. The host's part is what its records say.
func (l *lab) phases(ctx context.Context, name string, calls []*command, samples [][]sample) (*table, error) {
	t := &table{name: name, title: "Where the time of these calls goes, mean ms", columns: phaseColumns()}
	for i, c := range calls {
		records, err := l.home.lastCalls(ctx, c.name, len(samples[i]))
		if err != nil {
			return t, err
		}
		r := row{name: "fn run " + c.name, figures: map[string]float64{}}
		parts := make([]map[string]float64, len(records))
		warm := 0.0
		for j, record := range records {
			parts[j] = partsOf(samples[i][j], record)
			if strings.EqualFold(record.Start, "warm") || strings.EqualFold(record.Start, "specialised") {
				warm++
			}
		}
		for _, column := range t.columns {
			r.figures[column.key] = mean(collect(parts, func(p map[string]float64) float64 { return p[column.key] }))
		}
		r.figures["warm_percent"] = 100 * warm / float64(len(records))
		t.rows = append(t.rows, r)
	}
	t.notes = []string{
		"to host: fn starts and its request arrives; back: the reply arrives and fn ends;",
		"total: all between, of which other: the host's own work and its conversation with the plugin",
	}
	return t, nil
}
