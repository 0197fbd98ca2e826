//go:build !linux

package sandbox

import (
	"errors"
	"syscall"
)

// errSystem is why there is no sandbox here.
var errSystem = errors.New("only Linux has namespaces")

// Apply does nothing: this system has no namespaces.
func (s Spec) Apply(*syscall.SysProcAttr) {}

// Enter fails for all but the empty spec.
func (s Spec) Enter() error {
	if s.None() {
		return nil
	}
	return errSystem
}

// Exec fails: this system has no namespaces.
func (s Spec) Exec(path string, args, environ []string) error { return errSystem }

// Renounce does nothing: this system has no capabilities.
func Renounce() error { return nil }

// Entered is false on this system.
func Entered() bool { return false }

// Execute fails: this system has no mount namespaces.
func (p Plan) Execute() error { return errSystem }
