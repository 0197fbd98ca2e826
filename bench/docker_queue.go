package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/fnhost/fn/host/api"
)

const (
	// spaceInBurst is the time from one call to the next, so that the order in
	// which they come is known.
	spaceInBurst = 10 * time.Millisecond
	// blur is how much later something may be noted than it happened.
	blur = 50 * time.Millisecond
)

// queued measures many calls that come within moments, far more than workers wait.
func (l *lab) queued(ctx context.Context, c *containers) ([]*table, error) {
	if err := c.settled(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	lost, failed := l.callTogether(ctx, c, l.n)
	took := time.Since(began)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	records, err := c.lastCalls(ctx, echoFunction, l.n)
	if err != nil {
		return nil, errors.Join(failed, err)
	}
	passed := overtaken(records)
	waited := collect(records, func(r api.CallRecord) float64 { return (r.Phases.Queue + r.Phases.Pool) / 1000 })
	t := &table{
		name: "docker_burst", title: fmt.Sprintf("%d calls within moments, where %d workers wait", l.n, min(poolSize, l.n)),
		columns: []column{
			{"calls", "calls", 0}, {"lost", "lost", 0}, {"overtaken", "overtaken", 0}, {"warm_percent", "warm %", 0},
			{"seconds", "s", 1}, {"per_second", "calls/s", 1}, {"waited_median_s", "waited s, median", 1}, {"waited_most_s", "most", 1},
		},
		rows: []row{{name: "fn run echo", figures: map[string]float64{
			"calls": float64(l.n), "lost": float64(lost), "overtaken": float64(passed),
			"warm_percent": 100 * mean(collect(records, foundWorker)),
			"seconds":      took.Seconds(), "per_second": float64(l.n) / took.Seconds(),
			"waited_median_s": median(waited), "waited_most_s": quantile(waited, 1),
		}}},
		notes: []string{fmt.Sprintf("overtaken: calls that got a worker after one that had come more than %v later", blur)},
	}
	t.rows[0].aim = atMost(float64(lost), 0, "lost").and(atMost(float64(passed), 0, "overtaken"))
	return []*table{t}, failed
}

// callTogether makes n calls, of which each returns its own number, without
// waiting for any. It returns how many failed, and one of the errors.
func (l *lab) callTogether(ctx context.Context, c *containers, n int) (lost int, failed error) {
	var all sync.WaitGroup
	errs := make(chan error, n)
	for i := range n {
		number := strconv.Itoa(i)
		all.Go(func() {
			call := c.run(echoFunction, number, number)
			defer call.close()
			err := call.open(l.dir)
			if err == nil {
				_, err = call.once(ctx)
			}
			errs <- err
		})
		if pause(ctx, spaceInBurst) != nil {
			break
		}
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			lost, failed = lost+1, err
		}
	}
	return lost, failed
}

// overtaken counts the calls that got a worker after one that had come later.
func overtaken(records []api.CallRecord) int {
	n := 0
	for _, early := range records {
		for _, late := range records {
			if late.Time.Sub(early.Time) > blur && servedAt(early).Sub(servedAt(late)) > blur {
				n++
				break
			}
		}
	}
	return n
}

// servedAt is when a call had its worker.
func servedAt(r api.CallRecord) time.Time {
	return r.Time.Add(time.Duration((r.Phases.Queue + r.Phases.Pool) * float64(time.Millisecond)))
}
