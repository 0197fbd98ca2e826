package api

import (
	"context"
	"encoding/json"

	"github.com/fnhost/fn/sdk/fault"
)

// Version is the path prefix of every method.
const Version = "/v1/"

// Method is one method of the host with its types: client and server both use
// these values, so they cannot disagree.
type Method[Req, Resp any] struct {
	Name string // its path below Version
}

// Call is what travels to the host.
type Call struct {
	Build   string          `json:"build"`         // of the caller; must be the host's own
	Env     []string        `json:"env,omitempty"` // NAME=value; filtered per component, never stored
	Dir     string          `json:"dir,omitempty"` // the caller's working directory
	Request json.RawMessage `json:"request,omitempty"`
}

// Caller is who asks, as far as a method may know.
type Caller struct {
	Env []string
	Dir string
}

// Event is one line of an answer. Exactly one field is set.
type Event struct {
	Note     string          `json:"note,omitempty"` // for people, on stderr
	Progress *Progress       `json:"progress,omitempty"`
	Result   json.RawMessage `json:"result,omitempty"`
	Error    *fault.Error    `json:"error,omitempty"`
}

// Progress tells how far a long operation is. Total is 0 when not known.
type Progress struct {
	Component string `json:"component,omitempty"`
	Step      string `json:"step"`
	Done      int64  `json:"done"`
	Total     int64  `json:"total"`
	Unit      string `json:"unit,omitempty"`
}

// Reporter hears notes and progress while a method works. Both sides have one:
// the server's writes to the stream, the client's to the terminal. It may be
// called from several goroutines.
type Reporter interface {
	Note(text string)
	Progress(p Progress)
}

// Func is a method's implementation.
type Func[Req, Resp any] func(ctx context.Context, from Caller, req Req, report Reporter) (Resp, error)
