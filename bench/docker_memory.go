package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/fnhost/fn/bench/proc"
)

// idleContainers measures the memory of workers in python that wait: what the
// engine counts for their containers, and the process that it has beside each.
func idleContainers(ctx context.Context, c *containers) (*table, error) {
	if err := c.settled(ctx); err != nil {
		return nil, err
	}
	workers, err := c.workers(ctx)
	if err != nil {
		return nil, err
	}
	if len(workers) == 0 {
		return nil, errors.New("there is no container of a waiting worker")
	}
	workers = workers[:min(refills, len(workers))]
	held, err := c.held(ctx, workers)
	if err != nil {
		return nil, err
	}
	shims, err := c.shims(ctx, workers)
	if err != nil {
		return nil, err
	}
	t := &table{
		name: "docker_memory", title: fmt.Sprintf("Memory of %d workers in python that wait, each", len(workers)),
		columns: []column{{"n", "n", 0}, {"median_mb", "median MB", 1}, {"most_mb", "most MB", 1}},
		rows:    []row{memoryRow("the container, as the engine counts it", held)},
	}
	if len(shims) == 0 {
		t.notes = append(t.notes, "the engine's process beside each is not measured: this user cannot see it")
		return t, nil
	}
	t.rows = append(t.rows, memoryRow("the engine's process beside it, its share (PSS)", shims))
	return t, nil
}

func memoryRow(name string, megabytes []float64) row {
	return row{name: name, figures: map[string]float64{
		"n": float64(len(megabytes)), "median_mb": median(megabytes), "most_mb": quantile(megabytes, 1),
	}}
}

// held is the memory of containers in MB.
func (c *containers) held(ctx context.Context, ids []string) ([]float64, error) {
	out, err := c.query(ctx, append([]string{"stats", "--no-stream", "--format", "{{.MemUsage}}"}, ids...)...)
	if err != nil {
		return nil, err
	}
	var held []float64
	for line := range strings.Lines(out) {
		used, _, _ := strings.Cut(line, "/")
		mb, err := megabytes(strings.TrimSpace(used))
		if err != nil {
			return nil, err
		}
		held = append(held, mb)
	}
	return held, nil
}

// megabytes reads an amount such as 4.2MiB.
func megabytes(amount string) (float64, error) {
	for _, unit := range []struct {
		name  string
		bytes float64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}} {
		if number, ok := strings.CutSuffix(amount, unit.name); ok {
			n, err := strconv.ParseFloat(number, 64)
			return n * unit.bytes / megabyte, err
		}
	}
	return 0, fmt.Errorf("docker stats: %q is no amount of memory", amount)
}

// shims is the memory in MB of the processes that an engine of this machine has
// beside containers. It is empty where they cannot be seen.
func (c *containers) shims(ctx context.Context, ids []string) ([]float64, error) {
	out, err := c.query(ctx, append([]string{"inspect", "--format", "{{.State.Pid}}"}, ids...)...)
	if err != nil {
		return nil, err
	}
	processes := map[int]proc.Process{}
	for _, p := range proc.Tree(1) {
		processes[p.PID] = p
	}
	var shims []float64
	for _, field := range strings.Fields(out) {
		pid, _ := strconv.Atoi(field)
		parent := processes[processes[pid].Parent]
		if size := proc.PSS(parent.PID); size > 0 && strings.HasPrefix(parent.Name, "containerd-shim") {
			shims = append(shims, float64(size)/megabyte)
		}
	}
	return shims, nil
}
