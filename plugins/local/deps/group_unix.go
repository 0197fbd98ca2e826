//go:build unix

package deps

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// guarded runs a command beside a shell that waits for the end of descriptor 3.
// That comes with the end of this process, however it ended, and then the shell
// ends all of the group: the kernel alone ends the tool, not what the tool started.
const guarded = `(read gone; kill -9 0) <&3 >/dev/null 2>&1 & exec "$@" 3<&-`

// runGroup runs cmd in a process group of its own and ends the group with it.
func runGroup(cmd *exec.Cmd) error {
	watched, held, err := os.Pipe()
	if err != nil {
		return err
	}
	defer held.Close()
	cmd.Args = append([]string{"sh", "-c", guarded, "sh"}, cmd.Args...)
	cmd.Path, cmd.ExtraFiles = "/bin/sh", []*os.File{watched}
	cmd.SysProcAttr = ownGroup()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	// The kernel takes the end of the thread that forked for that of the parent.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err = cmd.Start()
	watched.Close()
	if err != nil {
		return err
	}
	err = cmd.Wait()
	group := -cmd.Process.Pid
	syscall.Kill(group, syscall.SIGKILL)
	for { // what this process inherited of it
		_, waitErr := syscall.Wait4(group, nil, 0, nil)
		if waitErr != nil && waitErr != syscall.EINTR {
			return err
		}
	}
}
