//go:build unix

package host

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/fnhost/fn/host/api"
)

// shows waits until fn status, which asks nobody, tells what is right.
func (l *lab) shows(what, name, on string, right func(d api.Deployment, ok bool) bool) {
	l.Helper()
	l.eventually(what, func() bool {
		d, ok := l.status(name, false)[on]
		return right(d, ok)
	})
}

func runs(d api.Deployment, _ bool) bool {
	return d.State == "running" && d.Running == 1 && len(d.Workers) == 1 && d.Workers[0] == api.Worker{ID: "w1", State: "running"}
}

func rests(d api.Deployment, _ bool) bool {
	return d.State == "deployed" && d.Running == 0 && len(d.Workers) == 0
}

// What a component tells is known without asking it, as long as it lives and no
// longer.
func TestStatesAreTold(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("here", "watched=")
	l.manifest("[here]\n")
	l.open()
	l.function("f")
	l.ok(l.run("f", ""), "here")
	p.tell("watched", "busy")
	l.shows("a call runs", "f", "here", runs)
	if location := l.status("f", false)["here"].Location; location != "here:f" {
		t.Errorf("the location is %q", location)
	}

	// It ends unasked, and with it the call.
	running := l.host.processes.running()[0]
	p.untell("watched")
	must(t, syscall.Kill(running.PID(), syscall.SIGKILL), "")
	<-running.Done()
	l.shows("nothing runs", "f", "here", rests)

	// Somebody else takes it off.
	p.tell("watched", "")
	l.ok(l.run("f", ""), "here")
	must(t, os.Remove(filepath.Join(l.dirs.ComponentState("here"), "functions.json")), "")
	l.shows("it is gone", "f", "here", func(_ api.Deployment, ok bool) bool { return !ok })

	// Who tells of changes is no use of the process.
	if running := l.host.processes.running(); len(running) != 1 || running[0].users != 0 {
		t.Errorf("%d processes, or one that is in use", len(running))
	}
	if n := p.count("status"); n > 2 { // of deploys on first use
		t.Errorf("it was asked %d times", n)
	}
}

// A new host puts the states right as soon as somebody asks for any.
func TestANewHostCorrectsStates(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p, other, off := l.plugin("here", "watched="), l.plugin("other", "watched="), l.plugin("off")
	l.manifest("[here]\n[other]\n[off]\n")
	l.open()
	l.function("f")
	l.function("g")
	for _, name := range []string{"here", "off"} {
		l.deploy("f", name)
		l.deploy("g", name)
	}
	off.tell("down", "no engine")
	l.check("off", "other")
	p.tell("watched", "busy")
	l.shows("a call runs", "f", "here", runs)
	l.host.registry.Close() // as if killed: nothing is noted any more
	l.close()
	p.tell("watched", "")

	starts, otherStarts, offStarts := p.count("start"), other.count("start"), off.count("start")
	l.open()
	if d := l.status("f", false)["here"]; !rests(d, true) {
		t.Errorf("a call of the host before still runs: %+v", d)
	}
	must(t, os.Remove(filepath.Join(l.dirs.ComponentState("here"), "functions.json")), "")
	l.shows("f is gone", "f", "here", func(_ api.Deployment, ok bool) bool { return !ok })
	l.shows("nobody knows", "g", "off", func(d api.Deployment, _ bool) bool {
		return d.State == "unknown" && strings.Contains(d.Reason, "no engine")
	})
	if n := p.count("start") - starts; n != 1 {
		t.Errorf("started %d times", n)
	}
	if a, b := other.count("start")-otherStarts, off.count("start")-offStarts; a+b != 0 {
		t.Errorf("one without a function was started %d times, one that is not ready %d times", a, b)
	}
}

// tellers are how many processes have told of functions.
func (l *lab) tellers() (n int) {
	for _, p := range l.host.processes.running() {
		p.telling.Lock()
		if p.last != nil {
			n++
		}
		p.telling.Unlock()
	}
	return n
}

// A call in an environment where the component is not ready changes no state that it
// tells in another.
func TestAnEnvironmentThatIsNotReadyTellsNothing(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("only", "wants=PROFILE", "watched=", "lost=PROFILE=nope")
	l.manifest("[only]\n")
	l.open()
	l.function("f")
	l.ok(l.run("f", "", "PROFILE=home"), "only")
	l.failed(l.run("f", "only", "PROFILE=nope"), "Unavailable", "not with this environment")
	l.eventually("both have told", func() bool { return l.tellers() == 2 })
	req := api.StatusRequest{Refresh: true}
	list, err := l.host.Status(t.Context(), l.caller("PROFILE=nope"), req, discard{})
	must(t, err, "")
	if len(list.Functions) != 1 || !rests(list.Functions[0], true) {
		t.Errorf("the states are %+v", list.Functions)
	}
}
