package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/fnhost/fn/host/api"
)

const (
	refills = 20
	// callsAmong is how many calls are made at most while one lot of workers is
	// replaced: fewer than wait for them.
	callsAmong = 6
	spaceAmong = 100 * time.Millisecond
)

// amongRefills measures calls while workers of another function are replaced,
// beside the same calls with nothing else going on, and then the memory of all that
// wait.
func (l *lab) amongRefills(ctx context.Context, c *containers) ([]*table, error) {
	n := min(refills, l.n)
	if err := c.create(ctx, fillerFunction, l.path("functions/"+helloFunction), c.component, "--warm", strconv.Itoa(n)); err != nil {
		return nil, err
	}
	call := c.run(helloFunction, helloResult)
	defer call.close()
	if err := call.open(l.dir); err != nil {
		return nil, err
	}
	drain := func(ctx context.Context) error {
		filler := again(func() *command { return c.run(fillerFunction, helloResult) })
		_, err := l.callAll(ctx, filler, n, n)
		return err
	}
	var idle, busy []recordedCall
	for range max(1, l.n/50) {
		calm, err := calm(ctx, c, call, min(callsAmong, l.n))
		if err != nil {
			return nil, err
		}
		if err := drain(ctx); err != nil {
			return nil, err
		}
		among, err := untilFull(ctx, c, call, min(callsAmong, l.n))
		if err != nil {
			return nil, err
		}
		idle, busy = append(idle, calm...), append(busy, among...)
	}
	memory, err := idleContainers(ctx, c)
	if err != nil {
		return nil, err
	}
	_, err = c.do(ctx, "remove", fillerFunction)
	return []*table{refillTable(n, idle, busy), memory}, err
}

// recordedCall is a call that was measured, and its record.
type recordedCall struct {
	sample
	api.CallRecord
}

// calm makes n calls of which each finds every pool full, and leaves them so.
func calm(ctx context.Context, c *containers, call *command, n int) ([]recordedCall, error) {
	var samples []sample
	for range n {
		if err := c.settled(ctx); err != nil {
			return nil, err
		}
		s, err := call.once(ctx)
		if err != nil {
			return nil, err
		}
		samples = append(samples, s)
	}
	calls, err := recorded(ctx, call, samples)
	if err != nil {
		return nil, err
	}
	return calls, c.settled(ctx)
}

// untilFull makes calls, the first in any case, until every pool is full; at most n.
func untilFull(ctx context.Context, c *containers, call *command, n int) ([]recordedCall, error) {
	var samples []sample
	for len(samples) < n {
		s, err := call.once(ctx)
		if err != nil {
			return nil, err
		}
		samples = append(samples, s)
		if err := pause(ctx, spaceAmong); err != nil {
			return nil, err
		}
		pools, err := c.pools(ctx)
		if err != nil {
			return nil, err
		}
		if pools.full() {
			break
		}
	}
	return recorded(ctx, call, samples)
}

func recorded(ctx context.Context, call *command, samples []sample) ([]recordedCall, error) {
	records, err := call.home.lastCalls(ctx, call.function, len(samples))
	if err != nil {
		return nil, err
	}
	calls := make([]recordedCall, len(samples))
	for i, s := range samples {
		calls[i] = recordedCall{s, records[i]}
	}
	return calls, nil
}

func refillTable(n int, idle, busy []recordedCall) *table {
	t := &table{
		name:  "docker_refills",
		title: fmt.Sprintf("A call while %d workers of another function are replaced", n),
		columns: []column{
			{"n", "n", 0}, {"median_ms", "median ms", 2}, {"p95_ms", "p95 ms", 2},
			{"inside_median_ms", "component median", 2}, {"inside_p95_ms", "component p95", 2}, {"warm_percent", "warm %", 0},
		},
		notes: []string{"component: queue + pool + inject + call"},
	}
	add := func(name string, calls []recordedCall) map[string]float64 {
		took := collect(calls, func(c recordedCall) float64 { return ms(c.took) })
		inside := collect(calls, func(c recordedCall) float64 { return insideOf(c.CallRecord) })
		figures := map[string]float64{
			"n": float64(len(calls)), "median_ms": median(took), "p95_ms": p95(took),
			"inside_median_ms": median(inside), "inside_p95_ms": p95(inside),
			"warm_percent": 100 * mean(collect(calls, func(c recordedCall) float64 { return foundWorker(c.CallRecord) })),
		}
		t.rows = append(t.rows, row{name: name, figures: figures})
		return figures
	}
	calm, among := add("nothing else", idle), add("while they are replaced", busy)
	t.rows[1].aim = atMost(among["p95_ms"]/calm["p95_ms"], 2, "× p95").and(atMost(among["inside_p95_ms"], 8, "ms of p95 in the component"))
	return t
}
