package sdk

import (
	"encoding/json"
	"time"
)

// Function is one immutable version of a user's function. Its code is either in
// a bundle or in an image.
type Function struct {
	Name    string
	Version int
	Runtime Runtime
	Handler string
	Code    Bundle
	Image   string        // with it Handler and Code are empty: its entry point is run; the language is exec or provided
	Memory  int64         // bytes
	CPUs    float64       // 0: the component's default
	Timeout time.Duration // the default of its calls
	Network Network
	Warm    int // specialised workers to keep
	Env     map[string]string
	Options json.RawMessage // fn.toml's [on.COMPONENT], a JSON object or nil
}

// Runtime is the named environment that a function runs in.
type Runtime struct {
	Name     string
	Language string // "exec", "python", "node", "provided"
	Image    string // of components that run images

	// Requirements is the text of a file of the language's installer
	// (requirements.txt, package.json); Preload names modules that are imported
	// before any code arrives. Both make a runtime specific.
	Requirements string
	Preload      []string
}

// Bundle is packed code: a zip in the host's store that never changes. Package
// sdk/bundle unpacks it.
type Bundle struct {
	Path   string
	Digest string // "sha256:" and 64 hexadecimal digits
	Size   int64  // bytes
}

// Network says what of the network a function sees.
type Network string

const (
	NetworkOn   Network = "on"
	NetworkNone Network = "none"
)

// Description is what a component announces about itself.
type Description struct {
	Name    string   `json:"name"`          // the kind of component, as in fn-plugin-NAME
	Version string   `json:"version"`       // of the plugin
	Summary string   `json:"summary"`       // one line for people
	Env     []string `json:"env,omitempty"` // NAME or PREFIX* of the caller's environment it asks for
	Limits  Limits   `json:"limits"`
}

// Limits is what a component can and cannot do. The host refuses early by it
// and the conformance suite tests it.
type Limits struct {
	Languages      []Language  `json:"languages"`
	OnThisMachine  bool        `json:"on_this_machine"`            // works here: takes calls unasked, deploys on first use
	Logs           LogDelivery `json:"logs"`                       // of Run
	CancelEndsCall bool        `json:"cancel_ends_call"`           // a canceled Run ends the function too
	StopEndsCalls  bool        `json:"stop_ends_calls"`            // Stop ends running calls
	KeepsVersions  bool        `json:"keeps_versions"`             // older versions stay callable after a deploy
	LimitsMemory   bool        `json:"limits_memory"`              // a function over its Memory ends in OutOfMemory
	Images         bool        `json:"images"`                     // runs runtimes and functions that name an image
	MaxBundle      int64       `json:"max_bundle_bytes,omitempty"` // of packed code; 0: no limit of its own
}

// Language is one language that a component runs, with the largest event and
// result in bytes; 0 means unbounded and streamed.
type Language struct {
	Name      string `json:"name"`
	MaxEvent  int64  `json:"max_event_bytes"`
	MaxResult int64  `json:"max_result_bytes"`
}

// LogDelivery says how the log of a call arrives.
type LogDelivery string

const (
	LogsNone LogDelivery = "none"
	LogsTail LogDelivery = "tail" // a bounded end of it, after the call
	LogsLive LogDelivery = "live" // as it is written
)

// LogStream is the standard stream that a log line was written to.
type LogStream string

const (
	Stdout LogStream = "stdout"
	Stderr LogStream = "stderr"
)

// StartKind says what a call found.
type StartKind string

const (
	StartSpecialised StartKind = "specialised" // a worker with this function's code loaded
	StartWarm        StartKind = "warm"        // a worker with the runtime up
	StartCold        StartKind = "cold"        // nothing: a worker was started for it
	StartRemote      StartKind = "remote"      // the component does not tell
)

// Validation is the outcome of Validate.
type Validation struct {
	Checks   []Check
	ValidFor time.Duration // how long it may be believed; 0: the host's default
}

// Ready tells whether no check failed.
func (v Validation) Ready() bool {
	for _, c := range v.Checks {
		if c.State == CheckFailed {
			return false
		}
	}
	return true
}

// Check is one named thing that Run needs.
type Check struct {
	Name    string     `json:"name"`
	State   CheckState `json:"state"`
	Message string     `json:"message,omitempty"` // one sentence
	Hint    string     `json:"hint,omitempty"`    // can be pasted into a shell
	Found   string     `json:"found,omitempty"`   // a version
	Minimum string     `json:"minimum,omitempty"` // and the least that will do; see CompareVersions
}

// CheckState is how a check ended.
type CheckState string

const (
	CheckOK      CheckState = "ok"
	CheckFailed  CheckState = "failed"
	CheckSkipped CheckState = "skipped"
)

// FunctionStatus is the state of one function on one component.
type FunctionStatus struct {
	Name     string
	State    FunctionState
	Version  int
	Running  int // calls, with StateRunning
	Reason   string
	Observed time.Time
	Workers  []WorkerStatus // those of this function alone, where there are any to tell
}

// WorkerStatus is one worker of a function.
type WorkerStatus struct {
	ID    string // of the container or process, as its own tools call it
	State WorkerState
}

// WorkerState is what a worker does.
type WorkerState string

const (
	WorkerWaiting WorkerState = "waiting" // it has the function loaded
	WorkerRunning WorkerState = "running" // it serves a call
	WorkerPaused  WorkerState = "paused"  // somebody has paused it
)

// Observation is what was seen of all functions at one time.
type Observation struct {
	At        time.Time // what has changed before is in it
	Functions []FunctionStatus
}

// FunctionState is what a component says of a function.
type FunctionState string

const (
	StateBuilt     FunctionState = "built"     // its code is here, it cannot be called yet
	StateDeploying FunctionState = "deploying" // under way
	StateDeployed  FunctionState = "deployed"  // can be called
	StateRunning   FunctionState = "running"   // can be called, and is being
	StateStopped   FunctionState = "stopped"   // calls are refused until deploy
	StateFailed    FunctionState = "failed"    // deploy again
	StateUnknown   FunctionState = "unknown"   // the component could not tell
)

// LogRecord is one line that a function printed.
type LogRecord struct {
	Time   time.Time
	Call   string
	Stream LogStream
	Text   string // without its line end
}

// PoolEntry describes the waiting workers of one runtime or function.
type PoolEntry struct {
	Runtime  string
	Function string // of specialised workers
	Warm     int
	Starting int
	Running  int
	Want     int
	HitRate  float64       // calls that found a waiting worker, 0 to 1; -1 before the first
	Refill   time.Duration // start to ready, 90th percentile of the last ones
	Why      string
}
