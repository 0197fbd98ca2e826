package main

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"time"
)

// coldParts measures alone what a cold start is made of.
func (l *lab) coldParts(ctx context.Context) (*table, error) {
	t := &table{
		name:    "cold_parts",
		title:   "Parts of a cold start, each alone",
		columns: []column{{"n", "n", 0}, {"median_ms", "median ms", 1}, {"p95_ms", "p95 ms", 1}},
	}
	if err := l.home.stop(ctx); err != nil {
		return t, err
	}
	plugin := l.executable("fn-plugin-local")
	hostStart := &command{name: "fn host start", argv: []string{l.home.fn, "host", "start"}, env: l.home.env}
	var starts []coldRun
	for range l.cold {
		r, err := l.cold1(ctx, l.home, hostStart, "")
		if err != nil {
			return t, err
		}
		starts = append(starts, r)
	}
	t.rows = append(t.rows, coldRow(hostStart.name, starts))
	commands := []*command{
		{name: "fn-plugin-local describe --json", argv: []string{plugin, "describe", "--json"}, env: l.home.env},
		{name: "fn components check local", argv: []string{l.home.fn, "components", "check", "local"}, env: l.home.env},
	}
	samples, err := interleave(ctx, l.dir, plan{rounds: l.cold, warmup: 1}, commands...)
	if err != nil {
		return t, err
	}
	for i, c := range commands {
		r := timeRow(c.name, samples[i], 1)
		delete(r.figures, "ratio")
		t.rows = append(t.rows, r)
	}
	sums, err := checksums(plugin, l.cold)
	if err != nil {
		return t, err
	}
	r := timeRow("sha256 of fn-plugin-local", sums, 1)
	delete(r.figures, "ratio")
	t.rows = append(t.rows, r)
	return t, nil
}

// checksums times the sha256 of a file.
func checksums(path string, n int) ([]sample, error) {
	var samples []sample
	for range n {
		s := sample{start: time.Now()}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(sha256.New(), f)
		f.Close()
		if err != nil {
			return nil, err
		}
		s.took = time.Since(s.start)
		samples = append(samples, s)
	}
	return samples, nil
}
