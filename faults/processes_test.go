//go:build linux

package faults

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is one that was seen; its number alone may be another's later.
type process struct {
	pid, parent int
	started     string // ticks since the machine's start
	name        string
	line        string
}

func (p process) String() string { return fmt.Sprintf("%d %s (%s)", p.pid, p.name, p.line) }

func names(all []process) (list []string) {
	for _, p := range all {
		list = append(list, p.String())
	}
	return list
}

// look returns a living process. One that only waits to be reaped is dead.
func look(pid int) (p process, ok bool) {
	dir := "/proc/" + strconv.Itoa(pid)
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return p, false
	}
	// "pid (name) state parent …", and the name may hold anything.
	open, shut := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	fields := strings.Fields(string(stat[shut+1:]))
	if fields[0] == "Z" || fields[0] == "X" {
		return p, false
	}
	line, _ := os.ReadFile(dir + "/cmdline")
	p = process{pid: pid, name: string(stat[open+1 : shut]), started: fields[19],
		line: strings.TrimSpace(strings.ReplaceAll(string(line), "\x00", " "))}
	if p.name == "exe" { // it executed itself once more
		p.name = filepath.Base(strings.Fields(p.line + " ?")[0])
	}
	p.parent, _ = strconv.Atoi(fields[1])
	return p, true
}

func (p process) alive() bool {
	now, ok := look(p.pid)
	return ok && now.started == p.started
}

// kill sends SIGKILL.
func (h *home) kill(all ...process) {
	h.Helper()
	if len(all) == 0 {
		h.Fatal("there is no process to kill")
	}
	for _, p := range all {
		if err := syscall.Kill(p.pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH { // it may just have ended
			h.Fatal(err)
		}
	}
}

// processes are all that belong to the home: whose environment, arguments or
// directory name it, and whatever those have started.
func (h *home) processes() []process {
	entries, err := os.ReadDir("/proc")
	must(h, err)
	var all []process
	ours := map[int]bool{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		if p, ok := look(pid); ok {
			all = append(all, p)
			ours[pid] = h.marks(pid)
		}
	}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if !ours[p.pid] && ours[p.parent] {
				ours[p.pid], grown = true, true
			}
		}
	}
	var found []process
	for _, p := range all {
		if ours[p.pid] {
			found = append(found, p)
		}
	}
	return found
}

func (h *home) marks(pid int) bool {
	dir := "/proc/" + strconv.Itoa(pid)
	mark := []byte(filepath.Base(h.root))
	for _, file := range []string{"cmdline", "environ"} {
		if text, err := os.ReadFile(dir + "/" + file); err == nil && bytes.Contains(text, mark) {
			return true
		}
	}
	at, err := os.Readlink(dir + "/cwd")
	return err == nil && strings.Contains(at, string(mark))
}

// The names of our processes, as the kernel shows them.
const (
	command = "fn"
	host    = "fn-host"
	plugin  = "fn-plugin-local"
	worker  = "fn-worker"
)

// named are the home's processes of a name. A child that has its parent's is on
// the way to become something else.
func (h *home) named(name string) (found []process) {
	same := map[int]bool{}
	all := h.processes()
	for _, p := range all {
		same[p.pid] = p.name == name
	}
	for _, p := range all {
		if p.name == name && !same[p.parent] {
			found = append(found, p)
		}
	}
	return found
}

// templates are the processes that workers of python are forked from.
func (h *home) templates() (found []process) {
	plugins := map[int]bool{}
	all := h.processes()
	for _, p := range all {
		plugins[p.pid] = p.name == plugin
	}
	for _, p := range all {
		if plugins[p.parent] && strings.Contains(p.line, "template.py") && !strings.HasPrefix(p.name, worker) {
			found = append(found, p)
		}
	}
	return found
}

// workers are a process of each worker, whose end is the worker's: fn-worker, or
// process 1 of a fork of a template.
func (h *home) workers() (found []process) {
	for _, p := range h.named(worker) {
		if !strings.Contains(p.line, "template.py") {
			found = append(found, p)
		}
	}
	return append(found, h.forks()...)
}

// forks are, of workers, those that were forked from a template and are ready
// for more than their sandbox.
func (h *home) forks() (found []process) {
	of := map[int]bool{}
	for _, p := range h.templates() {
		of[p.pid] = true
	}
	for _, p := range h.processes() {
		if of[p.parent] && len(h.below(p)) > 0 {
			found = append(found, p)
		}
	}
	return found
}

// one is the home's only process of a name.
func (h *home) one(name string) process {
	h.Helper()
	found := h.named(name)
	if len(found) != 1 {
		h.Fatalf("%d processes %s, want 1: %v", len(found), name, found)
	}
	return found[0]
}

// below are the processes that came of p: its children and theirs.
func (h *home) below(p process) (found []process) {
	in := map[int]bool{p.pid: true}
	all := h.processes()
	for grown := true; grown; {
		grown = false
		for _, q := range all {
			if !in[q.pid] && in[q.parent] {
				in[q.pid], grown = true, true
				found = append(found, q)
			}
		}
	}
	return found
}

// gone waits, for the time that a fault may leave traces, for the end of all.
func (h *home) gone(all []process) {
	h.Helper()
	const traces = 2 * time.Second
	begin := time.Now()
	h.eventually(traces, "the processes are gone", func() (string, bool) {
		var left []process
		for _, p := range all {
			if p.alive() {
				left = append(left, p)
			}
		}
		return strings.Join(names(left), "\n"), len(left) == 0
	})
	h.Logf("%d processes were gone after %v", len(all), time.Since(begin).Round(time.Millisecond))
}

// isSession tells whether a path belongs to the host's session as such, rather
// than to one of its plugins.
func (h *home) isSession(path string) bool {
	return filepath.Dir(path) == h.path("run") || filepath.Dir(path) == h.path("state", "scratch")
}
