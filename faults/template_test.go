//go:build linux

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// forkedSnake is snake, called when the workers of python are forks.
const forkedSnake = "forked snake"

// sort brings about the sort of worker that is meant, and returns the function.
func (h *home) sort(function string) string {
	h.Helper()
	if function == forkedSnake {
		h.forked()
		return "snake"
	}
	return function
}

// forked has the workers of python that wait be forks, and returns their
// template. Where there can be none it does nothing.
func (h *home) forked() (template process) {
	h.Helper()
	if h.templatesWork() != nil {
		return template
	}
	h.eventually(20*time.Second, "forks of a template wait", func() (string, bool) {
		var alone []process
		for _, p := range h.named(worker) {
			if strings.Contains(p.line, "-language python") {
				alone = append(alone, p)
			}
		}
		templates := h.templates()
		switch {
		case len(templates) == 0:
			h.ok("run", "echo-python", "1")
		case len(alone) > 0: // from before the template was there
			h.kill(alone...)
			h.gone(alone)
		case len(templates) == 1 && len(h.forks()) > 0:
			template = templates[0]
			return "", true
		}
		return strings.Join(names(h.processes()), "\n"), false
	})
	return template
}

// templatesWork tells why the home's user can have no templates.
func (h *home) templatesWork() error {
	err := h.command("unshare", "--user", "--mount", "--pid", "--fork", "true").Run()
	if err == nil {
		_, err = exec.LookPath("python3")
	}
	return err
}

func needsTemplates(t testing.TB, h *home) {
	t.Helper()
	if err := h.templatesWork(); err != nil {
		if strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "namespaces") {
			t.Fatal(err)
		}
		t.Skip("there are no namespaces: ", err)
	}
}

// A killed template takes its forks along: the call under way is told so, those
// that come find another worker and, soon, another template.
func TestKilledTemplate(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	needsTemplates(t, h)
	dead := map[process]bool{}
	for range 3 {
		h.forked()
		call := h.call("snake")
		theirs := h.inCall("snake")
		killed := h.forked() // others wait
		all := append(h.below(killed), append(theirs, killed)...)
		h.kill(killed)
		h.gone(all) // until then a fork may take up a call, and die in the midst of it
		if got := h.ok("run", "echo-python", "1"); got != "1" {
			t.Errorf("the next call answered %q", got)
		}
		call.wait().want(5, "fn: local: run: the worker was killed before the function answered (signal: killed)", "hint: ")
		h.record("snake", "Broken")
		if dead[killed] = true; dead[h.forked()] {
			t.Error("the killed template is back")
		}
	}
	h.noTrace()
}

// noTrace holds when only one template has a directory.
func (h *home) noTrace() {
	h.Helper()
	h.eventually(5*time.Second, "what the templates had is gone", func() (string, bool) {
		var left []string
		for _, path := range h.sessions() {
			if strings.Contains(path, "/t-") {
				left = append(left, path)
			}
		}
		return strings.Join(left, "\n"), len(left) <= 1
	})
}

// A template that is stopped holds up no call: those under way on its forks end
// as they would, others find workers without it, and later with a new one.
func TestStoppedTemplate(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	needsTemplates(t, h)
	open := h.gate("gate")
	h.forked()
	passing := h.call("gate")
	h.forked()
	endless := h.call("snake")
	theirs := h.inCall("snake")
	stopped := h.forked()
	must(t, syscall.Kill(stopped.pid, syscall.SIGSTOP))

	for i := range 8 { // more than wait
		began := time.Now()
		if got := h.ok("run", "echo-python", fmt.Sprint(i)); got != fmt.Sprint(i) {
			t.Errorf("call %d answered %q", i, got)
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("call %d took %v", i, took)
		}
	}
	open()
	if got := passing.wait().want(0).stdout; got != through {
		t.Errorf("the call under way answered %q", got)
	}
	must(t, endless.cmd.Process.Signal(syscall.SIGINT))
	endless.wait().want(130)
	h.gone(theirs)
	h.eventually(30*time.Second, "the stopped template is gone, and there is another", func() (string, bool) {
		h.ok("run", "echo-python", "1")
		templates := h.templates()
		return strings.Join(names(templates), "\n"), len(templates) == 1 && templates[0] != stopped
	})
	h.noTrace()
}

// Two homes have templates of their own, and an ordinary user has one as well.
func TestTemplatesOfTwoHomes(t *testing.T) {
	t.Parallel()
	root, other := survivor(t), newHomeOf(t, ordinary())
	needsTemplates(t, root)
	needsTemplates(t, other)
	other.have("echo-python", "python", echoPython)
	other.have("where", "python", "import os\ndef handler(event, context):\n    return [os.getuid(), os.getpid() < 10, open('/proc/self/status').read().count('CapEff:\\t0000000000000000')]\n")
	root.forked()
	kept := other.forked()
	waiting := other.forks()
	killed := root.forked()
	root.kill(killed)
	root.gone([]process{killed})
	root.forked()
	if want, got := fmt.Sprintf("[%d, true, 1]", other.uid), other.ok("run", "where"); got != want {
		t.Errorf("in the sandbox it is %s, want %s", got, want)
	}
	root.ok("host", "stop")
	root.empty(0)
	if now := other.forked(); now != kept || len(waiting) == 0 {
		t.Errorf("the other home's template was %v and is %v", kept, now)
	}
	if got := other.ok("run", "echo-python", "1"); got != "1" {
		t.Errorf("the other home's call answered %q", got)
	}
	all := other.processes()
	other.ok("host", "stop")
	other.gone(all)
	other.empty(0)
}
