//go:build unix

package client

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

const rootDir = "/"

// detach gives the host a session of its own: it outlives the terminal and
// hears none of its signals.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

// readiness gives cmd descriptor 3 to say that it is ready. Call done after
// the start.
func readiness(cmd *exec.Cmd) (ready io.ReadCloser, done func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	cmd.ExtraFiles = []*os.File{w}
	cmd.Args = append(cmd.Args, "--ready-fd", "3")
	return r, func() { w.Close() }, nil
}

// keepDescriptors makes that no descriptor which fn itself inherited reaches
// the host: with one end of the caller's pipe there, $(fn run f) would wait for
// the host to end.
func keepDescriptors() {
	entries, err := os.ReadDir("/dev/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}

func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

func envName(name string) string { return name }
