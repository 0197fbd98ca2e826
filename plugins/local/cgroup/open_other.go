//go:build !linux

package cgroup

import (
	"errors"
	"runtime"
)

// Collect finds nothing: only Linux has control groups.
func Collect(string) ([]string, error) { return nil, nil }

// Open fails: only Linux has control groups.
func Open(owner string) (Hierarchy, error) {
	return nil, errors.New("there are no control groups on " + runtime.GOOS)
}
