package sdktest

import (
	"context"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

// tongue is the part of a suite that runs functions in one language.
type tongue struct {
	*suite
	dialect
	client   *instance
	language sdk.Language
	bundles  map[int]sdk.Bundle // by version
}

func (u *suite) language(t *testing.T, l sdk.Language) {
	d, ok := dialectOf(l.Name)
	if !ok {
		t.Skipf("the suite has no functions in %s yet", l.Name)
	}
	g := &tongue{suite: u, dialect: d, client: u.client, language: l, bundles: map[int]sdk.Bundle{
		1: pack(t, l.Name, 1), 2: pack(t, l.Name, 2),
	}}
	for _, c := range []struct {
		name string
		do   func(*testing.T)
	}{
		{"unknown", g.unknown},
		{"life", g.life},
		{"versions", g.versions},
		{"interrupted", g.interrupted},
		{"missing-handler", g.missingHandler},
		{"result", g.result},
		{"log", g.log},
		{"environment", g.environment},
		{"together", g.together},
		{"failed", g.failed},
		{"timeout", g.timeout},
		{"memory", g.outOfMemory},
		{"cancel", g.cancel},
		{"stop-running", g.stopRunning},
		{"largest-event", g.largestEvent},
		{"largest-result", g.largestResult},
		{"stream", g.stream},
		{"largest-bundle", g.largestBundle},
		{"remove", g.remove},
		{"logs", g.logs},
		{"prepare", g.prepare},
		{"images", g.images},
		{"collect", g.collect},
		{"watch", g.watch},
	} {
		g.check(t, c.name, c.do)
	}
}

// function is a function of the suite; which is act, echo, count or missing.
func (g *tongue) function(name, which string) sdk.Function {
	return sdk.Function{
		Name:    "suite-" + g.id + "-" + g.language.Name + "-" + name,
		Version: 1,
		Runtime: sdk.Runtime{Name: g.language.Name, Language: g.language.Name},
		Handler: g.handlers[which],
		Code:    g.bundles[1],
		Memory:  g.memory,
		Timeout: g.subject.Patience,
		Network: sdk.NetworkOn,
		Env:     map[string]string{"SUITE_ENV": "from the function's settings"},
	}
}

// deploy deploys f, which must work, and takes it away at the end of t.
func (g *tongue) deploy(t *testing.T, f sdk.Function) {
	t.Helper()
	ctx, cancel := g.patient(t)
	defer cancel()
	_, err := g.client.Deploy(ctx, f, nil)
	must(t, "Deploy makes one version of a function known here", err)
	t.Cleanup(func() { g.takeAway(t, f.Name) })
}

// deployed is deploy of a function of the suite.
func (g *tongue) deployed(t *testing.T, which string) sdk.Function {
	t.Helper()
	f := g.function(lastPart(t), which)
	g.deploy(t, f)
	return f
}

// takeAway leaves nothing that can be called.
func (g *tongue) takeAway(t *testing.T, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), g.subject.Patience)
	defer cancel()
	err := g.client.Stop(ctx, name)
	if g.can.Remove {
		err = g.client.Remove(ctx, name)
	}
	if err != nil && sdk.KindOf(err) != sdk.NotFound {
		t.Errorf("cleaning up after the check: %v", err)
	}
}

// status is the state of one function; none is nil.
func (g *tongue) status(t *testing.T, name string) *sdk.FunctionStatus {
	t.Helper()
	ctx, cancel := g.patient(t)
	defer cancel()
	states, err := g.client.Status(ctx, name)
	must(t, "Status tells the state of the named functions", err)
	if len(states) == 0 {
		return nil
	}
	if len(states) > 1 || states[0].Name != name {
		breach(t, "Status tells the state of the named functions", "asked for %s it tells %+v", name, states)
	}
	if age := time.Since(states[0].Observed); states[0].Observed.IsZero() || age < -time.Hour {
		breach(t, "FunctionStatus.Observed is when it was so", "it is %v", states[0].Observed)
	}
	return &states[0]
}

// callable checks that Status says version can be called.
func (g *tongue) callable(t *testing.T, name string, version int) {
	t.Helper()
	s := g.status(t, name)
	const sentence = "a deployed function is deployed or running, with its version"
	switch {
	case s == nil:
		breach(t, sentence, "Status does not know %s", name)
	case s.State != sdk.StateDeployed && s.State != sdk.StateRunning || s.Version != version:
		breach(t, sentence, "Status tells %q, version %d instead of %d, reason %q", s.State, s.Version, version, s.Reason)
	}
}
