package client

import (
	"errors"
	"io"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/windows"
)

const rootDir = `\`

// detach gives the host no console, so that it outlives the caller's.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		CreationFlags: windows.DETACHED_PROCESS | windows.CREATE_NEW_PROCESS_GROUP,
	}
}

// readiness lets cmd say on its standard output that it is ready: there are no
// further descriptors to inherit here.
func readiness(cmd *exec.Cmd) (ready io.ReadCloser, done func(), err error) {
	cmd.Args = append(cmd.Args, "--ready-fd", "1")
	r, err := cmd.StdoutPipe()
	return r, func() {}, err
}

// keepDescriptors has nothing to do: handles are inherited by name here.
func keepDescriptors() {}

func isClosedPipe(err error) bool {
	return errors.Is(err, windows.WSAECONNRESET) || errors.Is(err, windows.ERROR_BROKEN_PIPE)
}

// envName compares names as the system does.
func envName(name string) string { return strings.ToUpper(name) }
