//go:build linux

package faults

import (
	"strings"
	"testing"
	"time"
)

// A hostile is a function that does its worst, and how its call has to end.
type hostile struct {
	name     string
	source   string
	settings string // of fn.toml
	code     int    // the exit code of fn run
	says     string // part of the one sentence, or of the log
	answers  string // the result
}

// maxSaid is what a call may print on standard error at most: the log's cap and
// a few sentences.
const maxSaid = 9 << 20

// A place is a component that functions are run on.
type place struct {
	name     string
	home     func(testing.TB) *home
	thorough bool // each function twice, and another one after it
	tables   []table
}

// A table is of functions of one runtime.
type table struct {
	name, runtime string
	functions     []hostile
}

var everywhere = []table{{"exec", "exec", hostileShell}, {"python", "python", hostilePython}, {"node", "node", hostileNode}}

var places = []place{
	{"local", newHome, true, everywhere},
	{"docker", newDockerHome, false, append(everywhere, table{"contained", "python", hostileContained})},
}

// Whatever a function does, its call ends within bounds, with the right exit
// code and one sentence; nothing of it is left, and the next call, of the same
// function and of another, is what it would have been. Containers take so long
// to start that the next call is that of the next function.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, p := range places {
		for _, table := range p.tables {
			t.Run(p.name+"/"+table.name, func(t *testing.T) {
				t.Parallel()
				h := p.home(t)
				h.have("echo", "exec", echo)
				h.works()
				for _, f := range table.functions {
					h.have(f.id(), table.runtime, f.source, f.settings)
					h.endure(f)
					if p.thorough {
						h.endure(f)
						h.works()
					}
				}
				h.works()
			})
		}
	}
}

// id is the function's name as fn takes it.
func (f hostile) id() string { return strings.ReplaceAll(f.name, " ", "-") }

// endure makes one call.
func (h *home) endure(f hostile) {
	h.Helper()
	end := h.fn("run", f.id(), `{"n": 1}`)
	switch {
	case end.code != f.code:
		h.Errorf("%s: exit %d, want %d\nstdout: %.2000s\nstderr: %.2000s", f.name, end.code, f.code, end.stdout, end.stderr)
	case !strings.Contains(end.stderr, f.says):
		h.Errorf("%s: standard error lacks %q: %.2000s", f.name, f.says, end.stderr)
	case end.stdout != f.answers && end.code == 0:
		h.Errorf("%s: the result is %.200q, want %q", f.name, end.stdout, f.answers)
	case len(end.stderr) > maxSaid:
		h.Errorf("%s: %d bytes on standard error", f.name, len(end.stderr))
	case strings.Count("\n"+end.stderr, "\nfn: ") != min(1, end.code):
		h.Errorf("%s: not one sentence: %.2000s", f.name, end.stderr)
	}
	h.eventually(10*time.Second, f.name+" left nothing running", func() (string, bool) {
		left := h.named("sleep")
		return strings.Join(names(left), "\n"), len(left) == 0
	})
}

// What every language can do wrong is told by the same words.
const (
	cutLog   = "log cut after 8 MiB"
	tooLong  = "longer than 500ms"
	tooMuch  = "more than its 64 MiB"
	briefly  = `timeout = "500ms"`
	patient  = `timeout = "20s"`
	confined = "memory = \"64MiB\"\ntimeout = \"20s\""
)
