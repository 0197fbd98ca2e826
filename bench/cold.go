package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/fnhost/fn/host/api"
)

// coldStarts measures calls that find no host: in a home that has never been
// used, and later.
func (l *lab) coldStarts(ctx context.Context) ([]*table, error) {
	whole := &table{
		name:    "cold",
		title:   "From nothing: no host is running",
		columns: []column{{"n", "n", 0}, {"median_ms", "median ms", 1}, {"p95_ms", "p95 ms", 1}},
	}
	where := &table{
		name:    "cold_phases",
		title:   "Where the time of these calls goes, mean ms",
		columns: coldColumns(),
		notes: []string{
			"host begins: fn and the start of fn-host's process; host ready: it opens its database, fn connects;",
			"plugin: checksum, start, handshake, validation or its cached answer, deploy; the rest as in a warm call",
		},
	}
	if err := l.firstEver(ctx, whole, where); err != nil {
		return nil, err
	}
	if err := l.later(ctx, whole, where); err != nil {
		return []*table{whole, where}, err
	}
	parts, err := l.coldParts(ctx)
	return []*table{whole, where, parts}, err
}

// firstEver measures the first commands in empty homes.
func (l *lab) firstEver(ctx context.Context, whole, where *table) error {
	name := l.least()
	var creates, runs []coldRun
	for range l.cold {
		h, err := newHome(l.dir, l.home.fn, localOnly)
		if err != nil {
			return err
		}
		create := &command{
			name: "fn create",
			argv: []string{h.fn, "create", name, filepath.Join(l.path("functions"), name), "--runtime", "exec"},
			env:  h.env,
		}
		created, err := l.cold1(ctx, h, create, "")
		if err == nil {
			var ran coldRun
			ran, err = l.cold1(ctx, h, h.run(name, ""), name)
			creates, runs = append(creates, created), append(runs, ran)
		}
		stopped := h.stop(context.WithoutCancel(ctx))
		os.RemoveAll(h.dir)
		if err != nil {
			return err
		}
		if stopped != nil {
			return stopped
		}
	}
	whole.rows = append(whole.rows,
		coldRow("first command ever: fn create", creates),
		coldRow("first call ever: fn run "+name+", host stopped", runs))
	where.rows = append(where.rows, coldWhere("first fn run "+name, runs))
	return nil
}

// later measures calls in a home that has been used before.
func (l *lab) later(ctx context.Context, whole, where *table) error {
	calls := l.doNothing(l.home)
	runs := make([][]coldRun, len(calls))
	for range l.cold {
		for i, c := range calls {
			r, err := l.cold1(ctx, l.home, c, c.name)
			if err != nil {
				return err
			}
			runs[i] = append(runs[i], r)
		}
	}
	for i, c := range calls {
		whole.rows = append(whole.rows, coldRow("later: fn run "+c.name, runs[i]))
		where.rows = append(where.rows, coldWhere("fn run "+c.name, runs[i]))
	}
	return nil
}

// coldRun is a command that started the host, and, for a call, its record.
type coldRun struct {
	sample
	host   api.HostState
	record api.CallRecord
}

// cold1 runs a command with no host running. A call of a function is looked up
// by its name.
func (l *lab) cold1(ctx context.Context, h *home, c *command, function string) (r coldRun, err error) {
	if err := h.stop(ctx); err != nil {
		return r, err
	}
	if err := c.open(l.dir); err != nil {
		return r, err
	}
	defer c.close()
	if r.sample, err = c.once(ctx); err != nil || function == "" {
		return r, err
	}
	if r.host, err = h.host(ctx); err != nil {
		return r, err
	}
	records, err := h.lastCalls(ctx, function, 1)
	if err != nil {
		return r, err
	}
	r.record = records[0]
	return r, nil
}

func coldRow(name string, runs []coldRun) row {
	took := collect(runs, func(r coldRun) float64 { return ms(r.took) })
	return row{name: name, figures: map[string]float64{
		"n": float64(len(took)), "median_ms": median(took), "p95_ms": p95(took),
	}}
}

func coldColumns() []column {
	return []column{
		{"host_begins_ms", "host begins", 1}, {"host_ready_ms", "host ready", 1}, {"other_ms", "plugin", 1},
		{"queue_ms", "queue", 1}, {"pool_ms", "pool", 1}, {"inject_ms", "inject", 1},
		{"init_ms", "init", 1}, {"call_ms", "call", 1}, {"back_ms", "back", 1},
	}
}

func coldWhere(name string, runs []coldRun) row {
	r := row{name: name, figures: map[string]float64{}}
	parts := make([]map[string]float64, len(runs))
	for i, run := range runs {
		parts[i] = partsOf(run.sample, run.record)
		parts[i]["host_begins_ms"] = ms(run.host.Since.Sub(run.start))
		parts[i]["host_ready_ms"] = ms(run.record.Time.Sub(run.host.Since.Time))
	}
	for _, column := range coldColumns() {
		r.figures[column.key] = mean(collect(parts, func(p map[string]float64) float64 { return p[column.key] }))
	}
	return r
}
