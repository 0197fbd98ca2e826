package main

import (
	"context"
	"strings"

	"github.com/fnhost/fn/host/api"
)

// withPhases adds to a table of calls where their time went: before the host
// had the request, in the host, and after its reply. The host's part is what its
// records say.
func (l *lab) withPhases(ctx context.Context, t *table, calls []*command, samples [][]sample) ([]*table, error) {
	where := &table{name: t.name + "_phases", title: "Where the time of these calls goes, mean ms", columns: phaseColumns()}
	inside := &table{name: t.name + "_inside", title: "Of that, in the pool and the worker: queue + pool + inject + call", columns: []column{
		{"n", "n", 0}, {"median_ms", "median ms", 2}, {"p95_ms", "p95 ms", 2},
	}}
	for i, c := range calls {
		records, err := c.home.lastCalls(ctx, c.function, len(samples[i]))
		if err != nil {
			return []*table{t}, err
		}
		where.rows = append(where.rows, phaseRow(c, samples[i], records, where.columns))
		inside.rows = append(inside.rows, insideRow(c, records))
	}
	if hello := inside.row("fn run " + helloFunction); hello != nil && t.name == "warm" {
		hello.aim = atMost(hello.figures["median_ms"], 3, "ms")
	}
	where.notes = []string{
		"to host: fn starts and its request arrives; back: the reply arrives and fn ends;",
		"total: all between, of which other: the host's own work and its conversation with the plugin",
	}
	return []*table{t, where, inside}, nil
}

func phaseRow(c *command, samples []sample, records []api.CallRecord, columns []column) row {
	r := row{name: c.label(), figures: map[string]float64{}}
	parts := make([]map[string]float64, len(records))
	for i, record := range records {
		parts[i] = partsOf(samples[i], record)
	}
	for _, column := range columns {
		r.figures[column.key] = mean(collect(parts, func(p map[string]float64) float64 { return p[column.key] }))
	}
	r.figures["warm_percent"] = 100 * mean(collect(records, foundWorker))
	return r
}

// foundWorker is 1 for a call that found a worker waiting, else 0.
func foundWorker(r api.CallRecord) float64 {
	if strings.EqualFold(r.Start, "warm") || strings.EqualFold(r.Start, "specialised") {
		return 1
	}
	return 0
}

func insideRow(c *command, records []api.CallRecord) row {
	inside := collect(records, insideOf)
	return row{name: c.label(), figures: map[string]float64{
		"n": float64(len(inside)), "median_ms": median(inside), "p95_ms": p95(inside),
	}}
}

// insideOf is what a component takes of a call, without loading the function.
func insideOf(r api.CallRecord) float64 {
	return r.Phases.Queue + r.Phases.Pool + r.Phases.Inject + r.Phases.Call
}

// phaseColumns are the parts of a call, in their order.
func phaseColumns() []column {
	return []column{
		{"to_host_ms", "to host", 2},
		{"queue_ms", "queue", 2}, {"pool_ms", "pool", 2}, {"inject_ms", "inject", 2},
		{"init_ms", "init", 2}, {"call_ms", "call", 2}, {"other_ms", "other", 2}, {"total_ms", "total", 2},
		{"back_ms", "back", 2},
		{"warm_percent", "warm %", 0},
	}
}

// partsOf puts what was seen from outside and what the host recorded together:
// both go by the same clock.
func partsOf(s sample, r api.CallRecord) map[string]float64 {
	p := r.Phases
	toHost := ms(r.Time.Sub(s.start))
	return map[string]float64{
		"to_host_ms": toHost,
		"queue_ms":   p.Queue,
		"pool_ms":    p.Pool,
		"inject_ms":  p.Inject,
		"init_ms":    p.Init,
		"call_ms":    p.Call,
		"total_ms":   p.Total,
		"other_ms":   p.Total - (p.Queue + p.Pool + p.Inject + p.Init + p.Call),
		"back_ms":    ms(s.took) - toHost - p.Total,
	}
}
