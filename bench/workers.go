package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/fnhost/fn/bench/proc"
)

// workers measures what stands by: the executables on disk, and the memory of
// everything that runs while nothing is called.
func (l *lab) workers(ctx context.Context) ([]*table, error) {
	sizes, err := l.sizes()
	if err != nil || !proc.Supported {
		sizes.notes = append(sizes.notes, "the memory of processes is not measured: it takes Linux's /proc")
		return []*table{sizes}, err
	}
	if _, err := interleave(ctx, l.dir, plan{rounds: 2}, l.doNothing(l.home)...); err != nil { // fills the pools
		return []*table{sizes}, err
	}
	if err := l.home.refilled(ctx); err != nil {
		return []*table{sizes}, err
	}
	host, err := l.home.host(ctx)
	if err != nil {
		return []*table{sizes}, err
	}
	return []*table{sizes, standby(proc.Tree(host.PID))}, nil
}

func (l *lab) sizes() (*table, error) {
	t := &table{name: "executables", title: "Executables", columns: []column{{"size_mb", "MB", 2}}}
	for _, name := range []string{"fn", "fn-host", "fn-plugin-local", "fn-worker", "fn-worker-provided"} {
		info, err := os.Stat(l.executable(name))
		if err != nil {
			return t, err
		}
		t.rows = append(t.rows, row{name: name, figures: map[string]float64{"size_mb": float64(info.Size()) / megabyte}})
	}
	return t, nil
}

// standby is the resident memory of a host at rest and of all below it; alike
// processes together.
func standby(tree []proc.Process) *table {
	t := &table{
		name:  "standby",
		title: "At rest, the pools full: memory of each process, median MB",
		columns: []column{
			{"processes", "processes", 0}, {"rss_mb", "resident", 1},
			{"pss_mb", "its share", 1}, {"threads", "threads", 0},
		},
		notes: []string{"its share (PSS): a page that several processes share counts in parts, so shares add up"},
	}
	roles := rolesOf(tree)
	for _, role := range inOrder(tree, roles) {
		var alike []proc.Process
		for _, p := range tree {
			if roles[p.PID] == role {
				alike = append(alike, p)
			}
		}
		t.rows = append(t.rows, row{name: role, figures: map[string]float64{
			"processes": float64(len(alike)),
			"rss_mb":    median(collect(alike, func(p proc.Process) float64 { return float64(p.RSS) / megabyte })),
			"pss_mb":    median(collect(alike, func(p proc.Process) float64 { return float64(proc.PSS(p.PID)) / megabyte })),
			"threads":   median(collect(alike, func(p proc.Process) float64 { return float64(p.Threads) })),
		}})
	}
	return t
}

// rolesOf names each process of the host's tree by what it does.
func rolesOf(tree []proc.Process) map[int]string {
	roles := map[int]string{}
	for _, p := range tree {
		switch {
		case p.Name != "fn-worker":
			roles[p.PID] = p.Name
		case slices.ContainsFunc(tree, func(child proc.Process) bool {
			return child.Parent == p.PID && !strings.HasPrefix(child.Name, "fn-worker")
		}):
			roles[p.PID] = "fn-worker of an interpreter"
		default:
			roles[p.PID] = "fn-worker of exec"
		}
	}
	for _, p := range tree {
		if parent, ok := roles[p.Parent]; ok && strings.HasPrefix(parent, "fn-worker") {
			roles[p.PID] = fmt.Sprintf("%s in its worker", p.Name)
		}
	}
	return roles
}

// inOrder lists the roles as they come in the tree.
func inOrder(tree []proc.Process, roles map[int]string) []string {
	var order []string
	for _, p := range tree {
		if role := roles[p.PID]; !slices.Contains(order, role) {
			order = append(order, role)
		}
	}
	return order
}
