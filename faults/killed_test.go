//go:build linux

package faults

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// others are the processes of all that are not of a name.
func others(all []process, name string) []process {
	return slices.DeleteFunc(slices.Clone(all), func(p process) bool { return p.name == name })
}

// works is what holds after every fault: the next call succeeds.
func (h *home) works() {
	h.Helper()
	if got := h.ok("run", "echo", "again"); got != "again" {
		h.Errorf("the next call answered %q", got)
	}
}

// survivor is a home with a function that answers and one of each language
// that never ends.
func survivor(t testing.TB) *home {
	t.Helper()
	h := newHome(t)
	h.have("echo", "exec", echo)
	h.have("endless", "exec", endless, noTimeout)
	h.have("snake", "python", endlessPython, noTimeout)
	h.have("echo-python", "python", echoPython)
	h.works()
	return h
}

func TestKilledCommandLine(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	h.have("adder", "node", endlessNode, noTimeout)
	for _, function := range []string{"endless", "snake", "adder", forkedSnake} {
		served := h.one(host)
		function = h.sort(function)
		call := h.call(function)
		theirs := h.inCall(function)
		h.kill(h.one(command))
		call.wait().want(-1)
		h.gone(theirs)
		if now := h.one(host); now != served {
			t.Errorf("the host was %v and is %v", served, now)
		}
		h.record(function, "Canceled")
		h.works()
	}
}

// inCall are the worker of the function that runs, and what came of it.
func (h *home) inCall(function string) (found []process) {
	h.Helper()
	sleepers := 1 // its children
	if function == "endless" {
		sleepers = 4
	}
	h.eventually(10*time.Second, "the children of "+function+" run", func() (string, bool) {
		for _, w := range h.workers() {
			family := h.below(w)
			if n := len(family) - len(others(family, "sleep")); n >= sleepers {
				found = append([]process{w}, family...)
				return "", true
			}
		}
		return strings.Join(names(h.processes()), "\n"), false
	})
	return found
}

func TestKilledHost(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	h.forked()
	var calls []*running
	for i := range 5 {
		calls = append(calls, h.call([]string{"endless", "snake"}[i%2]))
	}
	dead := h.sessions()
	all := others(h.processes(), command)
	h.kill(h.one(host))
	h.gone(all)
	for _, call := range calls {
		call.wait().want(5, "fn: host: run: the host ended during the call", "hint: ")
	}
	h.works()
	for _, path := range h.sessions() {
		if slices.Contains(dead, path) && path != h.path("run", "host.sock") {
			t.Errorf("%s of the killed host is left", path)
		}
	}
	h.oneGroup()
	if more := h.named(command); len(more) > 0 {
		t.Errorf("commands are left: %v", more)
	}
}

// Killed again and again, also while it starts, it leaves nothing.
func TestKilledStartingHost(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	for range 6 {
		served := h.one(host)
		h.kill(served)
		h.gone([]process{served})
		call := h.start("run", "echo", "again")
		h.eventually(commandLimit, "a host starts", func() (string, bool) { return "", len(h.named(host)) > 0 })
		h.kill(h.named(host)...)
		// It may have been killed before it took up the call, or during it.
		if end := call.wait(); end.code != 0 && end.code != 5 {
			t.Errorf("exit %d: %s", end.code, end.stderr)
		}
		h.works()
	}
}

func TestKilledPlugin(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	h.forked()
	var calls []*running
	for i := range 5 {
		calls = append(calls, h.call([]string{"endless", "snake"}[i%2]))
	}
	served := h.one(host)
	killed := h.one(plugin)
	all := append(h.below(killed), killed)
	dead := h.sessions()
	h.kill(killed)
	h.gone(all)
	for _, call := range calls {
		call.wait().want(5, "fn: local: run: the plugin ended unasked (signal: killed)", "hint: ")
	}
	h.works()
	if now := h.one(host); now != served {
		t.Errorf("the host was %v and is %v", served, now)
	}
	h.eventually(2*time.Second, "what the killed plugin had is gone", func() (string, bool) {
		left := slices.DeleteFunc(h.sessions(), func(path string) bool {
			return !slices.Contains(dead, path) || path == h.path("run", "host.sock") || h.isSession(path)
		})
		return strings.Join(left, "\n"), len(left) == 0
	})
	h.oneGroup()
	h.record("endless", "Broken")
}

func TestKilledWaitingWorkers(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	for range 5 {
		waiting := h.waiting()
		h.kill(waiting...)
		h.works()
		h.gone(waiting)
	}
	h.have("echo-node", "node", "exports.handler = async (event) => event\n")
	for range 3 {
		for _, function := range []string{"echo-python", "echo-node"} {
			h.forked()
			waiting := h.waiting()
			h.kill(waiting...)
			if got := h.ok("run", function, "1"); got != "1" {
				t.Errorf("%s answered %q", function, got)
			}
			h.gone(waiting)
		}
	}
}

// waiting waits until some worker does.
func (h *home) waiting() (found []process) {
	h.Helper()
	h.eventually(10*time.Second, "a worker waits", func() (string, bool) {
		found = h.workers()
		return "", len(found) > 0
	})
	return found
}

func TestKilledRunningWorker(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	h.have("adder", "node", endlessNode, noTimeout)
	for _, function := range []string{"endless", "snake", "adder", forkedSnake} {
		function = h.sort(function)
		call := h.call(function)
		theirs := h.inCall(function)
		h.kill(theirs[0])
		h.gone(theirs)
		call.wait().want(5, "fn: local: run: the worker was killed before the function answered (signal: killed)", "hint: ")
		h.works()
		h.record(function, "Broken")
	}
}

// Killed all at once, there is nobody left to clean: the next command does.
func TestKilledTogether(t *testing.T) {
	t.Parallel()
	h := newHomeOf(t, ordinary())
	h.have("echo", "exec", echo)
	h.have("echo-python", "python", echoPython)
	h.forked()
	h.have("closed", "exec", "#!/bin/sh\nmkdir -p a/b $TMPDIR/c\ntouch a/b/f $TMPDIR/c/f\nchmod 0 a $TMPDIR/c\necho started >&2\nsleep 1000\n", noTimeout)
	for _, alone := range []*home{h, h.with("FN_HOST=off")} {
		alone.call("closed")
		all := h.processes()
		dead := h.sessions()
		h.kill(all...)
		h.gone(all)
		if len(h.sessions()) == 0 {
			t.Fatal("there is nothing to clean")
		}
		h.works()
		for _, path := range h.sessions() {
			if slices.Contains(dead, path) && path != h.path("run", "host.sock") {
				t.Errorf("%s of a killed host is left", path)
			}
		}
		h.oneGroup()
	}
}
