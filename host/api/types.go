package api

import (
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

// None is an empty request or response.
type None struct{}

// NameRef names one thing.
type NameRef struct {
	Name string `json:"name"`
}

// FunctionRef names a function, and one of its versions where Version is not 0.
type FunctionRef struct {
	Name    string `json:"name"`
	Version int    `json:"version,omitempty"`
}

// FunctionSpec is what create, update and apply are given. A nil field was not
// given on the command line: fn.toml, the previous version or the default
// decides, in that order.
type FunctionSpec struct {
	Name      string            `json:"name,omitempty"` // of apply: empty, fn.toml names it
	Path      string            `json:"path,omitempty"` // file or directory, absolute; empty: keep the code
	Image     *string           `json:"image,omitempty"`
	Runtime   *string           `json:"runtime,omitempty"`
	Handler   *string           `json:"handler,omitempty"`
	Memory    *string           `json:"memory,omitempty"`  // as typed: "128MiB"
	Timeout   *string           `json:"timeout,omitempty"` // as typed: "30s"
	CPUs      *float64          `json:"cpus,omitempty"`
	Network   *string           `json:"network,omitempty"`
	Warm      *int              `json:"warm,omitempty"`
	Component *string           `json:"component,omitempty"`
	Env       map[string]string `json:"env,omitempty"` // added to what is there
}

// Function is the current version of a function.
type Function struct {
	Name      string    `json:"name"`
	Runtime   string    `json:"runtime"`
	Version   int       `json:"version"`
	Handler   string    `json:"handler"`
	Image     string    `json:"image"` // in place of code and handler
	UpdatedAt time.Time `json:"updated_at"`
}

// Applied is what apply did with one function.
type Applied struct {
	Function
	Change string `json:"change"` // "created", "updated" or "unchanged"
}

// FunctionList is every function, by name.
type FunctionList struct {
	Functions []Function `json:"functions"`
}

// FunctionDetail is one version of a function with all its settings.
type FunctionDetail struct {
	Function
	Language    string            `json:"language"`
	Component   string            `json:"component"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"` // of the bundle, bytes
	Memory      int64             `json:"memory"`
	TimeoutMS   int64             `json:"timeout_ms"`
	CPUs        float64           `json:"cpus"`
	Network     string            `json:"network"`
	Warm        int               `json:"warm"`
	Env         map[string]string `json:"env"`
	Secrets     []string          `json:"secrets"` // names only
	Deployments []Deployment      `json:"deployments"`
}

// FunctionVersion is one entry of a function's history.
type FunctionVersion struct {
	Version   int       `json:"version"`
	Current   bool      `json:"current"`
	Digest    string    `json:"digest"`
	Runtime   string    `json:"runtime"`
	Handler   string    `json:"handler"`
	Image     string    `json:"image"`
	CreatedAt time.Time `json:"created_at"`
}

// VersionList is a function's history, newest first.
type VersionList struct {
	Versions []FunctionVersion `json:"versions"`
	Removed  int               `json:"removed"` // older ones that are kept no more
}

// OnRequest names a function and, where On is not empty, the component.
type OnRequest struct {
	Name string `json:"name"`
	On   string `json:"on,omitempty"`
}

// Deployment is one version of a function on one component, as last observed.
type Deployment struct {
	Name       string    `json:"name"`
	Component  string    `json:"component"`
	State      string    `json:"state"`
	Version    int       `json:"version"`
	Running    int       `json:"running"`
	Reason     string    `json:"reason"`
	Location   string    `json:"location"`
	Outdated   bool      `json:"outdated"` // older than the function's current version
	Workers    []Worker  `json:"workers"`  // of the function alone, where the component tells them
	ObservedAt time.Time `json:"observed_at"`
}

// Worker is one that waits with a function loaded, or serves a call of it.
type Worker struct {
	ID    string `json:"id"`    // of the container or process
	State string `json:"state"` // waiting, running, paused
}

// StatusRequest asks for deployments; Refresh asks the components now.
type StatusRequest struct {
	Name    string `json:"name,omitempty"`
	On      string `json:"on,omitempty"`
	Refresh bool   `json:"refresh,omitempty"`
}

// StatusList is the answer to status.
type StatusList struct {
	Functions []Deployment `json:"functions"`
}

// LogsRequest asks for the last Tail lines a function printed.
type LogsRequest struct {
	Name string `json:"name"`
	On   string `json:"on,omitempty"`
	Tail int    `json:"tail,omitempty"` // 0: all that is kept
}

// LogLine is one line that a function printed.
type LogLine struct {
	Time   time.Time `json:"time"`
	Call   string    `json:"call"`
	Stream string    `json:"stream"`
	Text   string    `json:"text"`
}

// LogList is oldest first.
type LogList struct {
	Lines []LogLine `json:"lines"`
}

// RunRequest starts a call; the event follows in frames.
type RunRequest struct {
	Name      string `json:"name"`
	On        string `json:"on,omitempty"`
	TimeoutMS int64  `json:"timeout_ms,omitempty"` // 0: the function's own
	Raw       bool   `json:"raw,omitempty"`
	Brief     bool   `json:"brief,omitempty"` // of a call that succeeds, the RunEnd need not tell more
}

// RunEnd ends a call: everything but log and result.
type RunEnd struct {
	ID        string       `json:"id"`
	Function  string       `json:"function"`
	Version   int          `json:"version"`
	Component string       `json:"component"`
	Start     string       `json:"start"`
	Outcome   string       `json:"outcome"` // "ok", else the kind of the error
	JSON      bool         `json:"json"`    // the result is JSON
	Error     *fault.Error `json:"error,omitempty"`
	Refused   bool         `json:"refused,omitempty"` // no component began the call: the event has no part in the error
	Phases    Phases       `json:"phases"`
}

// OutcomeOK is the outcome of a call that succeeded.
const OutcomeOK = "ok"

// Phases says where the time of a call went, in milliseconds.
type Phases struct {
	Queue  float64 `json:"queue"`
	Pool   float64 `json:"pool"`
	Inject float64 `json:"inject"`
	Init   float64 `json:"init"`
	Call   float64 `json:"call"`
	Total  float64 `json:"total"` // in the host, from request to reply
}

// CallsRequest asks for the last calls, of one function where Name is set.
type CallsRequest struct {
	Name   string `json:"name,omitempty"`
	Last   int    `json:"last,omitempty"`   // 0: 20
	Failed bool   `json:"failed,omitempty"` // only those that did not succeed
}

// CallRef names one call by its id or an unambiguous beginning of it.
type CallRef struct {
	ID string `json:"id"`
}

// CallRecord is what is kept of a call.
type CallRecord struct {
	ID        string    `json:"id"`
	Time      time.Time `json:"time"` // its beginning
	Function  string    `json:"function"`
	Version   int       `json:"version"`
	Component string    `json:"component"`
	Start     string    `json:"start"`
	Outcome   string    `json:"outcome"`
	Message   string    `json:"message"` // of the error
	Phases    Phases    `json:"phases"`
}

// CallList is newest first.
type CallList struct {
	Calls []CallRecord `json:"calls"`
}

// RuntimeSpec asks for a new runtime. Either Language or From is given.
type RuntimeSpec struct {
	Name     string `json:"name"`
	Language string `json:"language,omitempty"`
	From     string `json:"from,omitempty"`
	Image    string `json:"image,omitempty"`

	Requirements string   `json:"requirements,omitempty"` // the file, absolute
	Preload      []string `json:"preload,omitempty"`      // modules to import before any code arrives
}

// RuntimeUpdate changes a runtime; what is nil stays, and what is empty becomes
// what it was made from has. What its image refers to is found out anew in any
// case.
type RuntimeUpdate struct {
	Name  string  `json:"name"`
	Image *string `json:"image,omitempty"`

	Requirements *string  `json:"requirements,omitempty"` // the file, absolute
	Preload      []string `json:"preload,omitzero"`
}

// UpdatedRuntime is a runtime that was changed.
type UpdatedRuntime struct {
	Runtime
	Warnings []string `json:"warnings"` // what the change breaks or does not reach
}

// Runtime is a named environment. Builtin ones carry the language's name.
type Runtime struct {
	Name      string `json:"name"`
	Language  string `json:"language"`
	Image     string `json:"image"`
	From      string `json:"from"`
	Builtin   bool   `json:"builtin"`
	CreatedAt Time   `json:"created_at"`

	Requirements string   `json:"requirements"` // the text
	Preload      []string `json:"preload"`
}

// RuntimeList is every runtime, by name.
type RuntimeList struct {
	Runtimes []Runtime `json:"runtimes"`
}

// PoolEntry describes waiting workers, see sdk.PoolEntry.
type PoolEntry struct {
	Component string  `json:"component"`
	Runtime   string  `json:"runtime"`
	Function  string  `json:"function"`
	Warm      int     `json:"warm"`
	Starting  int     `json:"starting"`
	Running   int     `json:"running"`
	Want      int     `json:"want"`
	HitRate   float64 `json:"hit_rate"` // -1 before the first call
	RefillMS  float64 `json:"refill_ms"`
	Why       string  `json:"why"`
	Process   int     `json:"process"` // the plugin's; a component has one for each environment it is called with
}

// PoolList is every pool of every running component.
type PoolList struct {
	Pools []PoolEntry `json:"pools"`
}

// HostState is the host itself.
type HostState struct {
	Running bool   `json:"running"`
	PID     int    `json:"pid"`
	Version string `json:"version"`
	Build   string `json:"build"`
	Since   Time   `json:"since"`
	Calls   int    `json:"calls"`   // in flight now
	Plugins int    `json:"plugins"` // processes
}

// HostStopRequest: the host takes no new calls, ends when those in flight are
// done; with Now it cancels them.
type HostStopRequest struct {
	Now bool `json:"now,omitempty"`
}

// Garbage is what gc removed, one line each, and what kept it from more.
type Garbage struct {
	Removed []string       `json:"removed"`
	Failed  []*fault.Error `json:"failed"`
}

// Settings are those of config.toml that are in force, defaults included.
type Settings struct {
	Default    string `json:"default"` // component; empty: the first ready one that works on this machine
	IdleExitMS int64  `json:"idle_exit_ms"`

	KeepVersions int `json:"keep_versions"` // of each function
}
