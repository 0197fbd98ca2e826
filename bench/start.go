package main

import "context"

// start measures what it costs to start the command at all.
func (l *lab) start(ctx context.Context) ([]*table, error) {
	fn := l.home.fn
	commands := []*command{
		{name: "empty Go program", argv: []string{l.refs.empty}},
		{name: "fn version", argv: []string{fn, "version"}, env: l.home.env},
		{name: "fn --help", argv: []string{fn, "--help"}, env: l.home.env},
	}
	samples, err := interleave(ctx, l.dir, plan{rounds: l.n, warmup: 3}, commands...)
	if err != nil {
		return nil, err
	}
	t := &table{name: "start", title: "Starting the command", columns: timeColumns("× empty")}
	base := median(durations(samples[0]))
	for i, c := range commands {
		t.rows = append(t.rows, timeRow(c.name, samples[i], base))
	}
	version, help := &t.rows[1], &t.rows[2]
	version.aim = atMost(version.figures["ratio"], 3, "× empty")
	help.aim = atMost(help.figures["median_ms"]/version.figures["median_ms"], 1.3, "× version")
	return []*table{t}, nil
}

func timeColumns(ratio string) []column {
	return []column{
		{"n", "n", 0}, {"median_ms", "median ms", 2}, {"p95_ms", "p95 ms", 2}, {"ratio", ratio, 1},
		{"cpu_ms", "CPU ms", 2},
	}
}

// timeRow is a command with its median as a multiple of base, in milliseconds.
func timeRow(name string, samples []sample, base float64) row {
	took := durations(samples)
	return row{name: name, figures: map[string]float64{
		"n":         float64(len(took)),
		"median_ms": median(took),
		"p95_ms":    p95(took),
		"ratio":     median(took) / base,
		"cpu_ms":    median(collect(samples, func(s sample) float64 { return ms(s.cpu) })),
	}}
}
