package host

import (
	"github.com/fnhost/fn/host/function"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// mend adds the hint that a component leaves to the host, which knows how the
// function was called: with a timeout of the call's own, or with the function's.
func mend(e *fault.Error, inv sdk.Invocation, component string, own bool) *fault.Error {
	longer := min(2*inv.Timeout, function.LongestTimeout)
	switch {
	case e.Hint != "":
		return e
	case e.Kind == fault.NotFound || e.Kind == fault.Conflict: // not this version; stopped
		return e.WithHint("fn deploy %s --on %s", inv.Function.Name, component)
	case e.Kind != fault.Timeout || longer == inv.Timeout:
		return e
	case own: // the function's may be longer than that
		return e.WithHint("fn run %s --timeout %s", inv.Function.Name, longer)
	}
	return e.WithHint("fn update %s --timeout %s", inv.Function.Name, longer)
}
