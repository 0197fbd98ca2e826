package sdktest

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

// failed makes the function fail.
func (g *tongue) failed(t *testing.T) {
	f := g.deployed(t, "act")
	c := g.call(t, f, g.do("fail", "on purpose"))
	wants(t, "a function that raised, or exited non-zero, is FunctionFailed", c.err, sdk.FunctionFailed)
	if sdk.KindOf(c.err) != sdk.FunctionFailed {
		return
	}
	if c.report.Start == "" {
		breach(t, "the report is used also when there is an error", "its start kind is empty")
	}
	var e *sdk.Error
	errors.As(c.err, &e)
	const sentence = "with FunctionFailed, Error.Function is what the function raised"
	raised := e.Function
	switch {
	case raised == nil:
		breach(t, sentence, "it is missing")
	case g.language.Name == "exec" && raised.ExitStatus != 3:
		breach(t, sentence, "the exit status is %d instead of 3", raised.ExitStatus)
	case g.language.Name == "provided" && (raised.Type != "OnPurpose" || raised.Message != "on purpose" || len(raised.StackTrace) == 0):
		breach(t, sentence, "of OnPurpose \"on purpose\" it tells %+v", *raised)
	case g.language.Name == "node" && (raised.Type != "TypeError" || raised.Message != "on purpose" || len(raised.StackTrace) == 0):
		breach(t, sentence, "of TypeError(\"on purpose\") it tells %+v", *raised)
	case g.language.Name == "python" && (raised.Type != "ValueError" || raised.Message != "on purpose" || len(raised.StackTrace) == 0):
		breach(t, sentence, "of ValueError(\"on purpose\") it tells %+v", *raised)
	}
	g.answers(t, f, g.do("say", "the next call"), "the next call")
}

// timeout lets a call take longer than it may.
func (g *tongue) timeout(t *testing.T) {
	f := g.deployed(t, "act")
	mark := marker()
	ctx, cancel := g.patient(t)
	defer cancel()
	inv := g.invocation(f, bytes.NewReader(g.do("sleep", mark)))
	inv.Timeout = time.Second
	began := time.Now()
	c := g.run(ctx, inv)
	wants(t, "a call that takes longer than Invocation.Timeout is a Timeout", c.err, sdk.Timeout)
	// Near the end of patience it was this context that ended the call.
	if took := time.Since(began); took > g.subject.Patience/2 {
		breach(t, "Invocation.Timeout is kept by the component", "a call with a timeout of 1 s took %v", took.Round(time.Second))
	}
	if g.limits.CancelEndsCall {
		g.gone(t, mark, "a call that timed out is ended (CancelEndsCall)")
	}
	g.answers(t, f, g.do("say", "the next call"), "the next call")
}

// outOfMemory makes the function need more memory than it has.
func (g *tongue) outOfMemory(t *testing.T) {
	if !g.limits.LimitsMemory {
		t.Skip("the component does not announce LimitsMemory")
	}
	f := g.deployed(t, "act")
	c := g.call(t, f, g.do("grow", ""))
	wants(t, "a function over its Memory ends in OutOfMemory (LimitsMemory)", c.err, sdk.OutOfMemory)
	g.answers(t, f, g.do("say", "the next call"), "the next call")
}
