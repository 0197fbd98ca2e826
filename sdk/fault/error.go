package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Error is a failure with everything a user needs to act on it. It prints as
// "component: operation: message"; the hint stands on a line of its own and is
// printed by whoever shows the error.
type Error struct {
	Kind      Kind           `json:"kind"`
	Component string         `json:"component,omitempty"`
	Operation string         `json:"operation,omitempty"`
	Message   string         `json:"message"`
	Hint      string         `json:"hint,omitempty"`     // what mends it, pasteable where possible
	Function  *FunctionError `json:"function,omitempty"` // with FunctionFailed: what it raised
	Lasting   bool           `json:"lasting,omitempty"`  // the event of the call has no part in it: the next call would meet it too
	Cause     error          `json:"-"`                  // does not cross a process boundary
}

// FunctionError is an uncaught error of the user's function, in the shape that
// AWS Lambda made common.
type FunctionError struct {
	Message    string   `json:"errorMessage"`
	Type       string   `json:"errorType"`
	StackTrace []string `json:"stackTrace,omitempty"`
	ExitStatus int      `json:"exitStatus,omitempty"` // of a process that ended on its own
}

// New makes an error of a kind. As with fmt.Errorf, %w keeps the cause.
func New(kind Kind, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: wrapped.Error(), Cause: errors.Unwrap(wrapped)}
}

// WithHint returns a copy of e with what mends it.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// In returns a copy of e that names the component and the operation where it
// happened; names that are already there stay.
func (e *Error) In(component, operation string) *Error {
	c := *e
	if c.Component == "" {
		c.Component = component
	}
	if c.Operation == "" {
		c.Operation = operation
	}
	return &c
}

func (e *Error) Error() string {
	parts := make([]string, 0, 3)
	for _, p := range []string{e.Component, e.Operation, e.Message} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ": ")
}

func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, &Error{Kind: k}) compare kinds.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Message == ""
}

// KindOf is the kind of err: that of the first Error in its chain, Canceled and
// Timeout for the errors of package context, Internal for anything else.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Kind
	case errors.Is(err, context.Canceled):
		return Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	default:
		return Internal
	}
}

// From returns err as an Error; nil stays nil. The text of wrapping errors is
// kept, as are the hint and the kind of a wrapped Error.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*Error); ok {
		return e
	}
	e := &Error{Kind: KindOf(err), Message: err.Error(), Cause: err}
	var inner *Error
	if errors.As(err, &inner) {
		e.Hint, e.Function, e.Lasting = inner.Hint, inner.Function, inner.Lasting
	}
	return e
}
