package worker

// A Kind classifies a failure. The words are those of every component's errors.
type Kind string

const (
	Invalid           Kind = "Invalid"
	NotFound          Kind = "NotFound"
	Conflict          Kind = "Conflict"
	Unavailable       Kind = "Unavailable"
	PermissionDenied  Kind = "PermissionDenied"
	ResourceExhausted Kind = "ResourceExhausted"
	Timeout           Kind = "Timeout"
	Canceled          Kind = "Canceled"
	FunctionFailed    Kind = "FunctionFailed"
	OutOfMemory       Kind = "OutOfMemory"
	Broken            Kind = "Broken"
	Unimplemented     Kind = "Unimplemented"
	Internal          Kind = "Internal"
)

// Failure is why a function was not loaded or did not return. It crosses the
// stream; on the component's side it is the only error type of Conn.
type Failure struct {
	Kind     Kind           `json:"kind"`
	Message  string         `json:"message"` // one sentence without a final stop
	Function *FunctionError `json:"function,omitempty"`
	Missing  string         `json:"missing,omitempty"` // a program that is needed and not there, where that is why

	cause error
}

// FunctionError is an uncaught error of the user's code, named as on AWS Lambda.
type FunctionError struct {
	ErrorMessage string   `json:"errorMessage"`
	ErrorType    string   `json:"errorType,omitempty"`
	StackTrace   []string `json:"stackTrace,omitempty"`
	ExitStatus   int      `json:"exitStatus,omitempty"` // of a process that ended by itself
}

// Error returns the message.
func (f *Failure) Error() string { return f.Message }

// Unwrap returns what broke the stream (a context's error, an I/O error) on the
// side that saw it; nil for a failure that was received.
func (f *Failure) Unwrap() error { return f.cause }
