package docker

import (
	"cmp"
	"maps"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/plugins/docker/images"
	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
)

// settings is the manifest's [docker.config].
type settings struct {
	oneshot.Settings

	// Images are those of the languages whose runtimes name none.
	Images map[string]string `json:"images"`
	CPUs   float64           `json:"cpus"` // cores of a function that does not say; 0: no limit

	// Seccomp is who filters system calls: "worker", as Docker's own profile does
	// but at once, or "engine".
	Seccomp string `json:"seccomp"`
}

// defaultImages are small ones that have the interpreter. Programs of provided
// need nothing: "" is an empty image, made here.
var defaultImages = map[string]string{
	languageExec: "debian:stable-slim", languagePython: "python:3.13-slim", languageNode: "node:22-slim", languageProvided: "",
}

// Bounds of the setting cpus, but for 0; those of a function are the same.
const (
	leastCores = 0.05
	mostCores  = 1024
)

func defaultSettings() settings {
	s := settings{Settings: oneshot.DefaultSettings(0), Images: maps.Clone(defaultImages), CPUs: 1, Seccomp: filterOfWorker}
	s.Warm = 1 // there are workers of each amount of memory, too
	return s
}

// check refuses values that mean nothing.
func (s settings) check() error {
	for language, ref := range s.Images {
		if _, ok := defaultImages[language]; !ok {
			return sdk.Errorf(sdk.Invalid, "setting \"images\" names the language %q; there are exec, node, provided and python", language)
		}
		if err := images.Check(cmp.Or(ref, program.ImageRef)); err != nil {
			return sdk.Errorf(sdk.Invalid, "setting \"images\", for %s: %w", language, err).
				WithHint("NAME:TAG, HOST/NAME:TAG, NAME@sha256:DIGEST or an image ID; \"\" is the empty image")
		}
	}
	if s.CPUs != 0 && (s.CPUs < leastCores || s.CPUs > mostCores) {
		return sdk.Errorf(sdk.Invalid, "setting \"cpus\" is %g, it must be 0 or %g to %d", s.CPUs, leastCores, mostCores)
	}
	if s.Seccomp != filterOfWorker && s.Seccomp != filterOfEngine {
		return sdk.Errorf(sdk.Invalid, `setting "seccomp" is %q, it must be "worker" or "engine"`, s.Seccomp)
	}
	return s.Settings.Check()
}
