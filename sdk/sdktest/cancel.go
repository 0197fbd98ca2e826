package sdktest

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

// cancel gives up on a call that sleeps.
func (g *tongue) cancel(t *testing.T) {
	f := g.deployed(t, "act")
	mark := marker()
	ctx, giveUp := g.patient(t)
	defer giveUp()
	c, done := g.background(ctx, f, g.do("sleep", mark))
	seen := g.underWay(t, c, done, mark)
	g.runningNow(t, f.Name)
	giveUp()
	<-done
	const sentence = "a canceled context ends the method soon"
	wants(t, sentence, c.err, sdk.Canceled)
	if runs := g.client.runs; runs != nil {
		g.eventually(t, sentence, "Run has not returned", func() bool { return runs.Load() == 0 })
	}
	if !g.limits.CancelEndsCall {
		return
	}
	if seen {
		g.gone(t, mark, "a canceled Run ends the function too (CancelEndsCall)")
	}
	g.eventually(t, "a canceled Run ends the function too (CancelEndsCall)", "Status still tells that it runs", func() bool {
		s := g.status(t, f.Name)
		return s != nil && s.State == sdk.StateDeployed
	})
	g.answers(t, f, g.do("say", "the next call"), "the next call")
}

// runningNow checks what Status tells of a function that is being called.
func (g *tongue) runningNow(t *testing.T, name string) {
	t.Helper()
	s := g.status(t, name)
	if s == nil || s.State != sdk.StateRunning && s.State != sdk.StateDeployed || s.State == sdk.StateRunning && s.Running < 1 {
		breach(t, "a function that is being called is running (n calls), or deployed", "Status tells %+v", s)
	}
}

// stopRunning stops a function while it is being called.
func (g *tongue) stopRunning(t *testing.T) {
	f := g.deployed(t, "act")
	ctx, cancel := g.patient(t)
	defer cancel()
	if !g.limits.StopEndsCalls {
		c, done := g.background(ctx, f, g.do("later", "unharmed"))
		g.underWay(t, c, done, "")
		must(t, "Stop refuses new calls", g.client.Stop(ctx, f.Name))
		<-done
		if c.err != nil || g.read(c.result.Bytes()) != "unharmed" {
			breach(t, "Stop lets running calls end unless StopEndsCalls is announced", "the call ended with %v, %s", c.err, clip(c.result.String()))
		}
		return
	}
	mark := marker()
	c, done := g.background(ctx, f, g.do("sleep", mark))
	seen := g.underWay(t, c, done, mark)
	must(t, "Stop refuses new calls", g.client.Stop(ctx, f.Name))
	<-done
	wants(t, "Stop ends running calls (StopEndsCalls)", c.err, sdk.Canceled, sdk.Conflict)
	if seen {
		g.gone(t, mark, "Stop ends running calls (StopEndsCalls)")
	}
}

// background makes a call; done is closed at its end.
func (g *tongue) background(ctx context.Context, f sdk.Function, event []byte) (c *call, done chan struct{}) {
	c, done = &call{begun: make(chan struct{})}, make(chan struct{})
	go func() {
		defer close(done)
		inv := g.invocation(f, bytes.NewReader(event))
		inv.Timeout = 3 * g.subject.Patience // that is not what ends it
		c.report, c.err = g.client.Run(ctx, inv, c)
		c.ended = time.Now()
	}()
	return c, done
}

// underWay waits until the function runs, by its log or, where that does not
// come in time, by its process; it tells whether the process can be seen.
func (g *tongue) underWay(t *testing.T, c *call, done <-chan struct{}, mark string) (seen bool) {
	t.Helper()
	deadline := time.After(g.subject.Patience / 2)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	begun := c.begun
	logged := false
	for wait := 0; ; {
		select {
		case <-done:
			t.Fatalf("the call ended by itself: %v, %s", c.err, clip(c.result.String()))
		case <-deadline:
			t.Skip("cannot tell here when a call is under way: no live log, and its process cannot be seen")
		case <-begun:
			logged, begun = true, nil
		case <-tick.C:
		}
		if mark != "" && g.limits.OnThisMachine && processWith(mark) {
			return true
		}
		if logged {
			if wait++; mark == "" || !g.limits.OnThisMachine || wait > 50 {
				return false
			}
		}
	}
}

// gone waits until no process of this machine carries mark.
func (g *tongue) gone(t *testing.T, mark, sentence string) {
	t.Helper()
	g.eventually(t, sentence, "its process is still there", func() bool { return !processWith(mark) })
}

// eventually waits, as long as patience lasts, until something is so.
func (g *tongue) eventually(t *testing.T, sentence, otherwise string, so func() bool) {
	t.Helper()
	ctx, cancel := g.patient(t)
	defer cancel()
	for !so() {
		select {
		case <-ctx.Done():
			breach(t, sentence, "%s after %v", otherwise, g.subject.Patience)
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}
