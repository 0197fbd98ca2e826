package function

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// Settings are everything of a version but its code, runtime and handler; the
// registry keeps them as JSON. Secrets are references: their values are never
// stored.
type Settings struct {
	Component string                     `json:"component,omitempty"`
	Memory    int64                      `json:"memory"` // bytes
	CPUs      float64                    `json:"cpus,omitempty"`
	Timeout   Duration                   `json:"timeout"`
	Network   string                     `json:"network"`
	Warm      int                        `json:"warm,omitempty"` // workers that wait with the function loaded
	Env       map[string]string          `json:"env,omitempty"`
	Secrets   map[string]SecretRef       `json:"secrets,omitempty"`
	On        map[string]json.RawMessage `json:"on,omitempty"` // component → [on.COMPONENT]
}

// The defaults of a function that says nothing, and the bounds of what it may
// say.
const (
	DefaultTimeout      = 30 * time.Second
	DefaultMemory       = 256 << 20 // of languages with an interpreter, bytes
	DefaultNativeMemory = 128 << 20 // of exec and provided
	LeastMemory         = 16 << 20
	LongestTimeout      = 24 * time.Hour
	MostWarm            = 100
)

// defaultMemory is the memory of a function that does not say.
func defaultMemory(language string) int64 {
	if language = Spoken(language); language == "exec" || language == "provided" {
		return DefaultNativeMemory
	}
	return DefaultMemory
}

// SettingsOf are a version's settings.
func SettingsOf(v registry.Version) (Settings, error) {
	var s Settings
	if err := json.Unmarshal(v.Settings, &s); err != nil {
		return s, fault.New(fault.Internal, "settings of %s version %d: %w", v.Function, v.Version, err)
	}
	return s, nil
}

// SpeaksJSON tells whether event and result of a language are JSON documents
// unless a call is raw.
func SpeaksJSON(language string) bool { return language != "exec" }

// ForComponent is a version as a component is given it; path is that of its
// bundle, if it has one.
func ForComponent(v registry.Version, r registry.Runtime, s Settings, path, component string) sdk.Function {
	var code sdk.Bundle
	if v.Image == "" {
		code = sdk.Bundle{Path: path, Digest: v.Digest, Size: v.Size}
	}
	return sdk.Function{
		Name:    v.Function,
		Version: v.Version,
		Runtime: Runtime(r),
		Handler: v.Handler,
		Code:    code,
		Image:   v.Image,
		Memory:  s.Memory,
		CPUs:    s.CPUs,
		Timeout: time.Duration(s.Timeout),
		Network: sdk.Network(s.Network),
		Warm:    s.Warm,
		Env:     s.Env,
		Options: s.On[component],
	}
}

// Runtime is a runtime as a component is given it.
func Runtime(r registry.Runtime) sdk.Runtime {
	return sdk.Runtime{Name: r.Name, Language: Spoken(r.Language), Image: r.Image, Requirements: r.Requirements, Preload: r.Preload}
}

// Summary is a version as lists show it.
func Summary(v registry.Version) api.Function {
	return api.Function{Name: v.Function, Runtime: v.Runtime, Version: v.Version, Handler: v.Handler, Image: v.Image, UpdatedAt: v.UpdatedAt}
}

// Detail is everything of a version that may be shown.
func Detail(v registry.Version, r registry.Runtime) (api.FunctionDetail, error) {
	s, err := SettingsOf(v)
	detail := api.FunctionDetail{
		Function:    Summary(v),
		Language:    r.Language,
		Component:   s.Component,
		Digest:      v.Digest,
		Size:        v.Size,
		Memory:      s.Memory,
		TimeoutMS:   time.Duration(s.Timeout).Milliseconds(),
		CPUs:        s.CPUs,
		Network:     s.Network,
		Warm:        s.Warm,
		Env:         map[string]string{},
		Secrets:     slices.AppendSeq([]string{}, maps.Keys(s.Secrets)),
		Deployments: []api.Deployment{},
	}
	maps.Copy(detail.Env, s.Env)
	slices.Sort(detail.Secrets)
	return detail, err
}
