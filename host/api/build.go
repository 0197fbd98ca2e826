package api

import (
	"encoding/hex"
	"hash/fnv"
	"io"
	"runtime/debug"
)

// Set by the linker, -ldflags "-X github.com/fnhost/fn/host/api.build=ID": the
// same for every executable of one build. Without it the version of the main
// module stands in, as it does for `go install …@version`.
var build, release string

// Build identifies the build that this executable is part of. A command line
// and a host of different builds do not talk, see package client.
func Build() string {
	if build != "" {
		return build
	}
	return mainVersion()
}

// Identity is what a command line and its host must have in common: the build
// and, where the user named another manifest than the usual one, that. Two
// manifests are two hosts, one after the other.
func Identity(manifest string) string {
	if manifest == "" {
		return Build()
	}
	sum := fnv.New32a()
	io.WriteString(sum, manifest) //nolint:errcheck // memory does not fail
	return Build() + "+manifest." + hex.EncodeToString(sum.Sum(nil))
}

// Release is the version for people: "v0.3.1", or "devel" between releases.
func Release() string {
	if release != "" {
		return release
	}
	return mainVersion()
}

func mainVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
