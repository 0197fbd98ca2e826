//go:build !linux

package seccomp

import "errors"

// Install is for Linux alone.
func Install() error { return errors.ErrUnsupported }
