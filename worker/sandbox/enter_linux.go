package sandbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// entered, in the environment, says that this program was executed again by
// Enter, without capabilities.
const entered = "FN_SANDBOX_ENTERED=1"

// Enter makes the spec's view and gives up what was needed for it. It must be
// called first of all. The process keeps no capability but CAP_SETPCAP, by which
// what it starts loses its bounding set too: see Renounce.
//
// A program that is linked with C executes itself again in the course of it.
func (s Spec) Enter() error {
	if s.None() || os.Getenv("FN_SANDBOX_ENTERED") != "" {
		return os.Unsetenv("FN_SANDBOX_ENTERED")
	}
	if err := s.setUp(); err != nil {
		return fmt.Errorf("making the sandbox: %w", err)
	}
	err := keepOnlySetpcap()
	if !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	runtime.LockOSThread()
	if err := Renounce(); err != nil {
		return err
	}
	const self = "/proc/self/exe" // it can be executed where it is hidden, too
	return &os.PathError{Op: "execute", Path: self, Err: syscall.Exec(self, os.Args, append(os.Environ(), entered))}
}

// Exec makes the spec's view and executes a program in place of this one. It
// keeps the capabilities over its own namespaces: it is trusted, starts others
// that are not, and takes their capabilities from them.
func (s Spec) Exec(path string, args, environ []string) error {
	runtime.LockOSThread()
	if err := s.setUp(); err != nil {
		return fmt.Errorf("making the sandbox: %w", err)
	}
	if s.Own.User {
		if err := passOn(); err != nil {
			return err
		}
	}
	return &os.PathError{Op: "execute", Path: path, Err: syscall.Exec(path, args, environ)}
}

func (s Spec) setUp() error {
	if s.Own.Network {
		if err := upLoopback(); err != nil {
			return err
		}
	}
	return s.Plan().Execute()
}
