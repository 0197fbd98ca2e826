package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"regexp"

	"github.com/fnhost/fn/bench/proc"
)

// held is what the host and all below it hold at rest.
type held struct {
	processes map[string]proc.Facts // of host and plugin
	count     int                   // processes in all
	files     int                   // in the home, but for those of waiting workers
}

func (l *lab) look(ctx context.Context) (held, error) {
	h := held{processes: map[string]proc.Facts{}}
	if err := l.home.refilled(ctx); err != nil {
		return h, err
	}
	host, err := l.home.host(ctx)
	if err != nil {
		return h, err
	}
	tree := proc.Tree(host.PID)
	h.count = len(tree)
	for _, p := range tree {
		if p.Name == "fn-host" || p.Name == "fn-plugin-local" {
			h.processes[p.Name] = p.Facts
		}
	}
	err = filepath.WalkDir(l.home.dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && ofWorker.MatchString(filepath.Base(path)) {
			return fs.SkipDir // how many wait is the pool's to say
		}
		h.files++
		return nil // what vanishes meanwhile was temporary
	})
	return h, err
}

// ofWorker is the name of the directory of a worker, or of what makes workers.
var ofWorker = regexp.MustCompile(`^[wt]-[0-9]+$`)

// left puts three looks beside each other.
func left(before, middle, after held) *table {
	t := &table{
		title:   "What they leave, each look with the pools full",
		columns: []column{{"before", "before", 1}, {"half_way", "half way", 1}, {"after", "after", 1}},
	}
	add := func(name string, of func(held) float64, spare float64) {
		grown := atMost(of(after)-of(middle), spare, "more than half way")
		t.rows = append(t.rows, row{name: name, aim: grown, figures: map[string]float64{
			"before": of(before), "half_way": of(middle), "after": of(after),
		}})
	}
	for _, name := range []string{"fn-host", "fn-plugin-local"} {
		add(name+": resident MB", func(h held) float64 { return float64(h.processes[name].RSS) / megabyte }, spareMemory)
		add(name+": descriptors", func(h held) float64 { return float64(h.processes[name].Files) }, spareFiles)
		add(name+": threads", func(h held) float64 { return float64(h.processes[name].Threads) }, spareThreads)
	}
	add("processes, host included", func(h held) float64 { return float64(h.count) }, spareProcesses)
	add("files in the home, without workers'", func(h held) float64 { return float64(h.files) }, spareFiles)
	return t
}

// What may be more at the end than half way without anything being left behind:
// the database keeps the records of calls in its cache, some 4.5 MB for the first
// ten thousand, the heap of Go breathes, and a thread, a connection or a worker
// more may be wanted at any call.
const (
	spareMemory    = 4 // MB
	spareFiles     = 8
	spareThreads   = 4
	spareProcesses = 4
)
