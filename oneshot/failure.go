package oneshot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// straggle is how long the end of a process may show after that of its stream.
const straggle = 200 * time.Millisecond

// Failure makes an error of the contract of a worker's failure. The kinds are
// the same words.
func Failure(err error) error {
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

// NotImported says that no worker starts, within the time of ctx, with what the
// runtime of f preloads. Of
// a runtime that is only being made ready f has no name, and there is nothing to
// change yet.
func NotImported(ctx context.Context, f sdk.Function, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return sdk.Errorf(sdk.Timeout, "importing %s took longer than %v", strings.Join(f.Runtime.Preload, ", "), StartLimit)
	}
	failed := sdk.Errorf(sdk.Invalid, "a worker that imports %s does not start: %w", strings.Join(f.Runtime.Preload, ","), Failure(err))
	if f.Name == "" {
		return failed
	}
	return failed.WithHint("fn runtime update %s --preload MODULES", f.Runtime.Name)
}

// notStarted says why there is no worker, and keeps the mend of the cause. A want
// of room is one still.
func notStarted(component string, err error) error {
	failed := sdk.Errorf(sdk.Unavailable, "starting a worker: %w", Failure(err)).WithHint("fn components check %s", component)
	var cause *sdk.Error
	if !errors.As(err, &cause) {
		return failed
	}
	if cause.Hint != "" {
		failed.Hint = cause.Hint
	}
	if cause.Kind == sdk.NotFound { // what was prepared is gone: a deploy has it made again
		failed.Kind = cause.Kind
	}
	if cause.Kind == sdk.ResourceExhausted {
		failed.Kind, failed.Lasting = cause.Kind, true
	}
	return failed
}

// maybeMemory is how a call may end in which the kernel killed a process for
// want of memory: the function's own, the worker, or one waited for in vain.
var maybeMemory = []sdk.Kind{sdk.FunctionFailed, sdk.Broken, sdk.Timeout}

// explain names the cause of a call's failure, and what mends it.
func (c *call) explain(w Worker, err error) error {
	if err == nil {
		if !w.RanOutOfMemory() {
			return nil
		}
		// The kernel killed a process of the function's, which did not notice.
		err = sdk.Errorf(sdk.OutOfMemory, "a process of the function's needed more than its %d MiB", c.Function.Memory>>20)
	}
	err = Failure(err)
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
	if e.Kind == sdk.Broken || errors.Is(err, context.DeadlineExceeded) {
		if lost := w.Lost(); lost != nil {
			return cutShort(lost, c.Function)
		}
	}
	refused := false
	if e.Kind == sdk.Broken && w.EndsWithin(straggle) {
		fate := w.Fate()
		if refused = fate.InOrder; !refused {
			e.Message = "the worker was killed before the function answered (" + fate.Words + ")"
		}
	}
	if slices.Contains(maybeMemory, e.Kind) && w.RanOutOfMemory() {
		e = sdk.Errorf(sdk.OutOfMemory, "the function needed more than its %d MiB", c.Function.Memory>>20)
	}
	switch e.Kind {
	case sdk.OutOfMemory:
		return e.WithHint("fn update %s --memory %s", c.Function.Name, Mebibytes(2*c.Function.Memory))
	case sdk.Broken:
		if refused { // its code is not what it was
			return e.WithHint("fn update %s PATH", c.Function.Name)
		}
		return e.WithHint("fn run %s", c.Function.Name)
	}
	return e
}

// cutShort is the end of a call whose worker was lost. It may have been served.
func cutShort(lost error, f sdk.Function) error {
	e := sdk.Errorf(sdk.Unavailable, "the call was cut short: %w", lost).WithHint("fn run %s", f.Name)
	var cause *sdk.Error
	if errors.As(lost, &cause) && cause.Hint != "" {
		e.Hint = cause.Hint
	}
	return e
}

// Mebibytes gives an amount of memory as flags and settings take it.
func Mebibytes(n int64) string { return fmt.Sprintf("%dMiB", n>>20) }
