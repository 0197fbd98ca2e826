// Package build makes of Go source what runs: a directory with the executable
// bootstrap and the data files that were beside the source.
//
// It works in a copy and leaves the user's directory as it is. The go command is
// the caller's, with the caller's environment (PATH, GOPROXY, GOFLAGS, GOCACHE
// and so on), but never a workspace, never cgo, always for this machine. The
// same source, Go and requirements give the same bytes.
//
// Where go.mod or go.sum is missing the copy gets one, and that is noted: the
// requirements are then those of the day.
package build
