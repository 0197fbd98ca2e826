package registry

import (
	"encoding/json"
	"time"
)

// Version is one version of a function. It never changes and is never reused
// while the function exists.
type Version struct {
	Function  string
	Version   int    // from 1
	Runtime   string // a name; see Runtime
	Handler   string
	Digest    string          // of its bundle
	Size      int64           // of its bundle, bytes
	Image     string          // in place of a bundle: then Digest and Handler are empty
	Settings  json.RawMessage // an object; package function knows what is in it
	CreatedAt time.Time

	Current   bool      // the version that is called
	UpdatedAt time.Time // when the current version became the current one
}

// same tells whether two versions would behave alike.
func (v Version) same(w Version) bool {
	return v.Runtime == w.Runtime && v.Handler == w.Handler && v.Digest == w.Digest && v.Image == w.Image &&
		string(v.Settings) == string(w.Settings)
}

// Change is what Apply did.
type Change string

const (
	Created   Change = "created"
	Updated   Change = "updated"
	Unchanged Change = "unchanged"
)

// Runtime is a named environment for code.
type Runtime struct {
	Name      string
	Language  string
	Image     string
	From      string    // the runtime it was made from
	Builtin   bool      // always there; carries its language's name
	CreatedAt time.Time // zero of builtin ones

	Requirements string   // what is installed, those of From included
	Preload      []string // modules that are imported before any code arrives, those of From included
}

// Deployment is one version of a function on one component, as last observed.
type Deployment struct {
	Function   string
	Component  string
	Version    int
	State      string // an sdk.FunctionState
	Running    int    // calls, when observed
	Reason     string
	Location   string
	Workers    []Worker // of the function alone, when observed
	ObservedAt time.Time
}

// Worker is one worker of a function, as an sdk.WorkerStatus tells it.
type Worker struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// Callable is all that a call needs to know, found in one look.
type Callable struct {
	Version     Version
	Runtime     Runtime
	Deployments []Deployment // by component
}

// Call is the record of one call.
type Call struct {
	ID        string
	Time      time.Time // its beginning
	Function  string
	Version   int
	Component string
	Start     string // an sdk.StartKind
	Outcome   string // "ok", else the kind of the error
	Message   string // of the error
	Phases    Phases
}

// Phases says where the time of a call went.
type Phases struct {
	Queue, Pool, Inject, Init, Call, Total time.Duration
}
