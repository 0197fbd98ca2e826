package sdk

import "github.com/fnhost/fn/sdk/fault"

// Error, FunctionError and Kind are those of package fault.
type (
	Error         = fault.Error
	FunctionError = fault.FunctionError
	Kind          = fault.Kind
)

// The kinds, see package fault.
const (
	Invalid           = fault.Invalid
	NotFound          = fault.NotFound
	Conflict          = fault.Conflict
	Unavailable       = fault.Unavailable
	PermissionDenied  = fault.PermissionDenied
	ResourceExhausted = fault.ResourceExhausted
	Timeout           = fault.Timeout
	Canceled          = fault.Canceled
	FunctionFailed    = fault.FunctionFailed
	OutOfMemory       = fault.OutOfMemory
	Broken            = fault.Broken
	Unimplemented     = fault.Unimplemented
	Internal          = fault.Internal
)

// Errorf makes an error of a kind; %w keeps a cause. Add what mends it with
// WithHint.
func Errorf(kind Kind, format string, args ...any) *Error {
	return fault.New(kind, format, args...)
}

// KindOf is the kind of err; Internal when it has none.
func KindOf(err error) Kind { return fault.KindOf(err) }
