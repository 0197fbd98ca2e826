package sdktest

import (
	"context"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
)

const (
	unknownSentence = "a function that is not deployed is NotFound"
	stoppedSentence = "a stopped function is refused with Conflict until Deploy"
)

// unknown asks for a function that never was.
func (g *tongue) unknown(t *testing.T) {
	f := g.function("never", "act")
	wants(t, "Run: "+unknownSentence, g.call(t, f, g.do("say", "x")).err, sdk.NotFound)
	ctx, cancel := g.patient(t)
	defer cancel()
	wants(t, "Stop: "+unknownSentence, g.client.Stop(ctx, f.Name), sdk.NotFound)
	if s := g.status(t, f.Name); s != nil {
		breach(t, "Status leaves out a named function that is not here", "it tells %+v", *s)
	}
	if g.can.Remove {
		must(t, "removing what is not there is no error", g.client.Remove(ctx, f.Name))
	}
	if g.can.Logs {
		err := g.client.Logs(ctx, f.Name, 0, func(sdk.LogRecord) error { return nil })
		wants(t, "Logs: "+unknownSentence, err, sdk.NotFound)
	}
}

// life goes once around: deploy, run, stop, deploy, run.
func (g *tongue) life(t *testing.T) {
	f := g.deployed(t, "act")
	g.callable(t, f.Name, 1)
	g.answers(t, f, g.do("say", "hello"), "hello")
	g.deploy(t, f)
	g.answers(t, f, g.do("say", "deployed twice"), "deployed twice")

	for _, time := range []string{"", " twice"} {
		ctx, cancel := g.patient(t)
		must(t, "Stop is idempotent (stopped"+time+")", g.client.Stop(ctx, f.Name))
		cancel()
		g.stopped(t, f)
	}

	other := *g
	other.client = g.configured(t)
	other.stopped(t, f) // Stop remembers with the component, not in this process
	if t.Failed() {
		return
	}
	g.deploy(t, f)
	g.callable(t, f.Name, 1)
	g.answers(t, f, g.do("say", "again"), "again")
}

// stopped checks that f is refused, and that Status says why.
func (g *tongue) stopped(t *testing.T, f sdk.Function) {
	t.Helper()
	if s := g.status(t, f.Name); s == nil || s.State != sdk.StateStopped {
		breach(t, "Stop deletes nothing, remembers with the component, and Status tells stopped", "it tells %+v", s)
	}
	wants(t, stoppedSentence, g.call(t, f, g.do("say", "x")).err, sdk.Conflict)
}

// versions deploys a second version over the first.
func (g *tongue) versions(t *testing.T) {
	first := g.deployed(t, "act")
	g.answers(t, first, g.do("version", ""), "1")
	second := first
	second.Version, second.Code = 2, g.bundles[2]
	g.deploy(t, second)
	g.callable(t, second.Name, 2)
	g.answers(t, second, g.do("version", ""), "2")
	if g.limits.KeepsVersions {
		g.answers(t, first, g.do("version", ""), "1")
		return
	}
	c := g.call(t, first, g.do("version", ""))
	wants(t, "a version that is no longer deployed is NotFound (or announce KeepsVersions)", c.err, sdk.NotFound)
}

// interrupted cancels a Deploy at its first sign of life and repeats it.
func (g *tongue) interrupted(t *testing.T) {
	f := g.function(lastPart(t), "act")
	ctx, cancel := g.patient(t)
	defer cancel()
	half, interrupt := context.WithCancel(ctx)
	// Deployed before the interruption is as good.
	_, _ = g.client.Deploy(half, f, func(string, int64, int64, string) { interrupt() })
	interrupt()
	g.deploy(t, f)
	g.answers(t, f, g.do("say", "finished"), "finished")
}

// missingHandler names a handler that the code has not.
func (g *tongue) missingHandler(t *testing.T) {
	f := g.function(lastPart(t), "missing")
	ctx, cancel := g.patient(t)
	defer cancel()
	_, err := g.client.Deploy(ctx, f, nil)
	if err == nil {
		t.Cleanup(func() { g.takeAway(t, f.Name) })
		err = g.call(t, f, g.do("say", "x")).err
	}
	wants(t, "a handler that is not in the code is Invalid, at Deploy or at Run", err, sdk.Invalid)
}

// remove takes a function off.
func (g *tongue) remove(t *testing.T) {
	if !g.can.Remove {
		t.Skip("the component has no Remover")
	}
	f := g.deployed(t, "act")
	ctx, cancel := g.patient(t)
	defer cancel()
	must(t, "Remove takes a function off the component", g.client.Remove(ctx, f.Name))
	must(t, "removing what is not there is no error", g.client.Remove(ctx, f.Name))
	if s := g.status(t, f.Name); s != nil {
		breach(t, "Remove takes a function off the component", "Status tells %+v", *s)
	}
	wants(t, "Run after Remove: "+unknownSentence, g.call(t, f, g.do("say", "x")).err, sdk.NotFound)
	g.deploy(t, f)
	g.answers(t, f, g.do("say", "back"), "back")
}

// logs reads what a function printed before.
func (g *tongue) logs(t *testing.T) {
	if !g.can.Logs {
		t.Skip("the component has no LogReader")
	}
	f := g.deployed(t, "act")
	g.answers(t, f, g.do("print", "the first line"), "printed")
	g.answers(t, f, g.do("print", "the second line"), "printed")
	ctx, cancel := g.patient(t)
	defer cancel()
	read := func(tail int) (lines []string) {
		t.Helper()
		must(t, "Logs returns what a function printed", g.client.Logs(ctx, f.Name, tail, func(r sdk.LogRecord) error {
			if r.Time.IsZero() || strings.ContainsAny(r.Text, "\n") {
				breach(t, "a log record is one line with its time", "one is %+v", r)
			}
			lines = append(lines, r.Text)
			return nil
		}))
		return lines
	}
	all := strings.Join(read(0), "\n")
	first, second := strings.Index(all, "the first line"), strings.Index(all, "the second line")
	if first < 0 || second < first {
		breach(t, "Logs returns what a function printed, oldest first", "it returns %q", all)
	}
	if last := read(1); len(last) != 1 || !strings.Contains(last[0], "the second line") {
		breach(t, "Logs returns at most tail records, the newest", "of tail 1 it returns %q", last)
	}
}
