package api

import (
	"encoding/json"
	"strings"
)

// The states of a component.
const (
	ComponentReady       = "ready"
	ComponentUnavailable = "unavailable" // a prerequisite is missing
	ComponentBroken      = "broken"      // it cannot start, or breaks the contract
	ComponentUnknown     = "unknown"     // not asked yet
)

// Component is the cached state of one component: what components.json holds
// and what help, completion and gating go by.
type Component struct {
	Name      string   `json:"name"`
	Plugin    string   `json:"plugin"` // path of its executable
	State     string   `json:"state"`
	Reason    string   `json:"reason"`
	Hint      string   `json:"hint"`
	Version   string   `json:"version"`
	Summary   string   `json:"summary"`
	Provides  []string `json:"provides"` // verbs, see Verbs
	Limits    *Limits  `json:"limits"`
	CheckedAt Time     `json:"checked_at"`
	ExpiresAt Time     `json:"expires_at"`
	Since     Time     `json:"since"` // in this state
	Checks    []Check  `json:"checks"`
}

// Sentence is the reason on one line: without what the plugin printed last,
// which stands below it.
func (c Component) Sentence() string {
	first, _, _ := strings.Cut(c.Reason, "\n")
	return strings.TrimSuffix(first, "; it printed:")
}

// Check is sdk.Check.
type Check struct {
	Name    string `json:"name"`
	State   string `json:"state"` // ok, failed, skipped
	Message string `json:"message"`
	Hint    string `json:"hint"`
	Found   string `json:"found"`
	Minimum string `json:"minimum"`
}

// Limits is sdk.Limits.
type Limits struct {
	Languages      []Language `json:"languages"`
	OnThisMachine  bool       `json:"on_this_machine"`
	Logs           string     `json:"logs"`
	CancelEndsCall bool       `json:"cancel_ends_call"`
	StopEndsCalls  bool       `json:"stop_ends_calls"`
	KeepsVersions  bool       `json:"keeps_versions"`
	LimitsMemory   bool       `json:"limits_memory"`
	Images         bool       `json:"images"`
	MaxBundle      int64      `json:"max_bundle_bytes"`
}

// Language is sdk.Language; 0 bytes means unbounded.
type Language struct {
	Name      string `json:"name"`
	MaxEvent  int64  `json:"max_event_bytes"`
	MaxResult int64  `json:"max_result_bytes"`
}

// Verbs are the verbs that components provide, in the order of help. The first
// four come with every component, the rest with an ability.
func Verbs() []string {
	return []string{"deploy", "run", "stop", "status", "remove", "logs", "pool"}
}

// ComponentList is in manifest order.
type ComponentList struct {
	Components []Component `json:"components"`
}

// CheckRequest names the components to validate now; none means all.
type CheckRequest struct {
	Names []string `json:"names,omitempty"`
}

// WhyRequest asks which component provides a verb, or would.
type WhyRequest struct {
	Verb string `json:"verb"`
}

// WhyAnswer explains one verb.
type WhyAnswer struct {
	Verb       string         `json:"verb"`
	Available  bool           `json:"available"`
	Components []WhyComponent `json:"components"`
	Hint       string         `json:"hint"` // where there is no component: how to have one
}

// WhyComponent is one component's part in it.
type WhyComponent struct {
	Component
	ProvidesIt bool `json:"provides_it"` // or would, were it ready
}

// PluginSpec adds a component to the manifest.
type PluginSpec struct {
	Name   string `json:"name"`
	Plugin string `json:"plugin,omitempty"` // a name beside fn or on PATH, or a path
}

// The states of a plugin's executable.
const (
	PluginOK       = "ok"       // it is the one in the lock
	PluginBundled  = "bundled"  // beside fn, part of the same installation; not in the lock
	PluginChanged  = "changed"  // not the one in the lock
	PluginUnlocked = "unlocked" // not in the lock
	PluginMissing  = "missing"  // not there, or not executable
)

// Plugin is one entry of the manifest with what the lock says of it.
type Plugin struct {
	Name    string          `json:"name"`
	Plugin  string          `json:"plugin"`
	Path    string          `json:"path"`
	State   string          `json:"state"`  // see PluginOK
	Wanted  string          `json:"wanted"` // sha256
	Got     string          `json:"got"`
	Message string          `json:"message"`
	Hint    string          `json:"hint"`
	Env     []string        `json:"env"`
	Config  json.RawMessage `json:"config"`
}

// PluginList is in manifest order.
type PluginList struct {
	Plugins []Plugin `json:"plugins"`
}

// ComponentsFile is components.json in the cache directory: written by the
// host, read by the command line for help and completion. A file of another
// format, or a damaged one, counts as missing.
type ComponentsFile struct {
	Format     int               `json:"format"`
	Components []CachedComponent `json:"components"`
}

// ComponentsFormat is the format of ComponentsFile written today.
const ComponentsFormat = 1

// CachedComponent is one observation. A component has several when callers
// with different environments use it; Key tells them apart.
type CachedComponent struct {
	Component
	Key    string   `json:"key"`              // digest of all that decides the outcome; no secret can be read from it
	SHA256 string   `json:"sha256,omitempty"` // of the executable that described itself
	Env    []string `json:"env,omitempty"`    // and what of the environment it asks for
}
