//go:build linux

package faults

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// several runs jobs in random order, at most so many at once.
func several(atOnce int, jobs []func()) {
	rand.Shuffle(len(jobs), func(i, k int) { jobs[i], jobs[k] = jobs[k], jobs[i] })
	turns := make(chan struct{}, atOnce)
	var wait sync.WaitGroup
	for _, job := range jobs {
		turns <- struct{}{}
		wait.Go(func() {
			defer func() { <-turns }()
			job()
		})
	}
	wait.Wait()
}

// functionList is what list and apply print.
type functionList struct {
	Functions []struct {
		Name, Change string
		Version      int
	}
}

// Two hundred of each, several processes at a time and some of them with a host
// of their own: every one does what it says.
func TestTwoHundredAtOnce(t *testing.T) {
	t.Parallel()
	const n, variants = 200, 8
	h := newHome(t)
	h.have("echo", "exec", echo)
	code := h.define("code", "exec", echo)
	var same, differing []string // directories that define one function each
	for i := range variants {
		same = append(same, h.define(fmt.Sprint("same-", i), "exec", echo))
		h.define(fmt.Sprint("variant-", i), "exec", fmt.Sprintf("#!/bin/sh\nprintf %d\n", i))
		dir := filepath.Join(h.root, "work", fmt.Sprint("variant-", i))
		h.write(filepath.Join(dir, "fn.toml"), "name = \"shared\"\nruntime = \"exec\"\n", 0o644)
		differing = append(differing, dir)
	}
	var mu sync.Mutex
	applied := map[string][]int{} // function → the versions that some apply made
	var jobs []func()
	for i := range n {
		host := h
		if i%25 == 0 {
			host = h.with("FN_HOST=off")
		}
		create := func() { expect(host, 0, "create", fmt.Sprint("own-", i), code) }
		apply := func() {
			dir := same[i/2%variants]
			if i%2 == 0 {
				dir = differing[i/2%variants]
			}
			var list functionList
			out := expect(host, 0, "apply", dir, "--json")
			if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Functions) != 1 {
				t.Errorf("apply printed %s: %v", out, err)
				return
			}
			f := list.Functions[0]
			mu.Lock()
			defer mu.Unlock()
			if f.Change != "unchanged" {
				applied[f.Name] = append(applied[f.Name], f.Version)
			}
		}
		call := func() {
			event := fmt.Sprint("event ", i)
			if got := expect(host, 0, "run", "echo", event); got != event {
				t.Errorf("call %d answered %q", i, got)
			}
		}
		jobs = append(jobs, create, apply, call)
	}
	several(16, jobs)
	if t.Failed() {
		return
	}
	h.has(n, variants, applied)
}

// expect is fn with an exit code, for any goroutine.
func expect(h *home, code int, args ...string) string {
	end := h.fn(args...)
	if end.code != code {
		h.Errorf("fn %s: exit %d, want %d: %s", strings.Join(args, " "), end.code, code, end.stderr)
	}
	return end.stdout
}

// has finds everything that was reported as done.
func (h *home) has(n, variants int, applied map[string][]int) {
	h.Helper()
	there := map[string]int{}
	for _, f := range get[functionList](h, "list").Functions {
		there[f.Name] = f.Version
	}
	if want := n + variants + 2; len(there) != want {
		h.Errorf("%d functions are there, want %d", len(there), want)
	}
	for i := range n {
		if there[fmt.Sprint("own-", i)] != 1 {
			h.Errorf("own-%d has version %d", i, there[fmt.Sprint("own-", i)])
		}
	}
	for name, made := range applied {
		slices.Sort(made)
		for i, version := range made {
			if version != i+1 {
				h.Fatalf("%s: versions %v were made", name, made)
			}
		}
		if there[name] != len(made) {
			h.Errorf("%s has version %d after %d changes", name, there[name], len(made))
		}
		if strings.HasPrefix(name, "same-") && len(made) != 1 {
			h.Errorf("the same code made %d versions of %s", len(made), name)
		}
	}
	if len(applied) != variants+1 {
		h.Errorf("%d functions were applied: %v", len(applied), applied)
	}
	ids := map[string]bool{}
	for _, c := range get[callList](h, "calls", "--last", "1000").Calls {
		ids[c.ID] = true
		if c.Outcome != "ok" {
			h.Errorf("a call of %s is recorded as %s: %s", c.Function, c.Outcome, c.Message)
		}
	}
	if len(ids) != n {
		h.Errorf("%d calls are recorded, want %d", len(ids), n)
	}
}
