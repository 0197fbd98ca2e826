package docker

import (
	"strings"

	"github.com/docker/docker/api/types/system"
	"github.com/fnhost/fn/worker/seccomp"
)

// Who keeps functions from system calls that none needs.
const (
	filterOfWorker = "worker"
	filterOfEngine = "engine"
)

// filtersCalls tells whether the workers keep themselves from system calls, which
// starts them sooner than a profile of the engine does. It is the engine's own
// affair where it was given another profile than it comes with, or has none for
// workers of its architecture.
func (s settings) filtersCalls(info system.Info, arch string) bool {
	profile := profileOf(info)
	return s.Seccomp == filterOfWorker && seccomp.Filter(arch) != nil && (profile == "default" || profile == "builtin")
}

// profileOf is the engine's profile of system calls: "builtin" or, of older
// engines, "default", a file, or nothing.
func profileOf(info system.Info) string {
	for _, option := range info.SecurityOptions {
		if rest, ok := strings.CutPrefix(option, "name=seccomp"); ok {
			return strings.TrimPrefix(rest, ",profile=")
		}
	}
	return ""
}
