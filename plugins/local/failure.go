package local

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// straggle is how long the end of a process may show after that of its stream.
const straggle = 200 * time.Millisecond

// inOrder is the fate of a worker that was not killed.
const inOrder = "exit status 0"

// failure makes an error of the contract of a worker's failure. The kinds are
// the same words.
func failure(err error) error {
	var f *worker.Failure
	if !errors.As(err, &f) {
		return err
	}
	e := &sdk.Error{Kind: sdk.Kind(f.Kind), Message: f.Message, Cause: f}
	if f.Function != nil {
		e.Function = &sdk.FunctionError{
			Message: f.Function.ErrorMessage, Type: f.Function.ErrorType,
			StackTrace: f.Function.StackTrace, ExitStatus: f.Function.ExitStatus,
		}
	}
	return e
}

// maybeMemory is how a call may end in which the kernel killed a process for
// want of memory: the function's own, the worker, or one waited for in vain.
var maybeMemory = []sdk.Kind{sdk.FunctionFailed, sdk.Broken, sdk.Timeout}

// explain names the cause of a call's failure, and what mends it.
func (c *call) explain(w *waiting, err error) error {
	if err == nil {
		if !w.RanOutOfMemory() {
			return nil
		}
		// The kernel killed a process of the function's, which did not notice.
		err = sdk.Errorf(sdk.OutOfMemory, "a process of the function's needed more than its %d MiB", c.Function.Memory>>20)
	}
	err = failure(err)
	var e *sdk.Error
	if !errors.As(err, &e) {
		return sdk.Errorf(sdk.Internal, "%w", err)
	}
	if e.Kind == sdk.Broken || e.Kind == sdk.Internal {
		// The worker's stream may only have broken because of the host's.
		for _, cause := range []error{c.out.err, c.event.failure()} {
			if cause != nil {
				return cause
			}
		}
	}
	ended := e.Kind == sdk.Broken && w.EndsWithin(straggle)
	refused := ended && w.Fate() == inOrder
	if ended && !refused {
		e.Message = "the worker was killed before the function answered (" + w.Fate() + ")"
	}
	if slices.Contains(maybeMemory, e.Kind) && w.RanOutOfMemory() {
		e = sdk.Errorf(sdk.OutOfMemory, "the function needed more than its %d MiB", c.Function.Memory>>20)
	}
	switch e.Kind {
	case sdk.OutOfMemory:
		return e.WithHint("fn update %s --memory %s", c.Function.Name, mebibytes(2*c.Function.Memory))
	case sdk.Broken:
		if refused { // its code is not what it was
			return e.WithHint("fn update %s PATH", c.Function.Name)
		}
		return e.WithHint("fn run %s", c.Function.Name)
	}
	return e
}

func mebibytes(n int64) string { return fmt.Sprintf("%dMiB", n>>20) }
