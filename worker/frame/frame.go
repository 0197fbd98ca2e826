package frame

import (
	"errors"
	"fmt"
)

// A Type says what a frame's payload is.
type Type byte

const (
	Hello    Type = iota + 1 // JSON: the worker is ready
	Inject                   // JSON: which function this worker becomes
	Code                     // bytes of the packed code
	CodeEnd                  // empty: the code is complete
	Ack                      // JSON: what the worker applied
	Call                     // JSON: the one call
	Event                    // bytes of the event
	EventEnd                 // empty: the event is complete
	Log                      // one byte of stream (1 stdout, 2 stderr), then bytes of log
	Result                   // bytes of the result
	End                      // JSON: how it ended; the last frame

	last = End
)

const (
	// MaxPayload is the most bytes one frame may carry. What is longer is sent
	// as several frames of the same type.
	MaxPayload = 1 << 20

	headerBytes = 5
)

var names = [...]string{
	"invalid", "Hello", "Inject", "Code", "CodeEnd", "Ack", "Call",
	"Event", "EventEnd", "Log", "Result", "End",
}

// String returns the type's name, or its number if it has none.
func (t Type) String() string {
	if t.known() {
		return names[t]
	}
	return fmt.Sprintf("frame type %d", byte(t))
}

func (t Type) known() bool { return t >= Hello && t <= last }

var (
	// ErrUnknown is returned for a type that this protocol does not have.
	ErrUnknown = errors.New("frame: unknown type")
	// ErrTooLarge is returned for a payload of more than MaxPayload bytes.
	ErrTooLarge = errors.New("frame: payload too large")
	// ErrTruncated is returned when the stream ends inside a frame.
	ErrTruncated = errors.New("frame: stream ended inside a frame")
)
