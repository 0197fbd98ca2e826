//go:build unix

package deps

import (
	"os/exec"
	"runtime"
	"syscall"
)

// runGroup runs cmd in a process group of its own and ends the group with it.
func runGroup(cmd *exec.Cmd) error {
	// The kernel takes the end of the thread that forked for that of the parent.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = ownGroup()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if err := cmd.Start(); err != nil {
		return err
	}
	err := cmd.Wait()
	group := -cmd.Process.Pid
	syscall.Kill(group, syscall.SIGKILL)
	for { // what this process inherited of it
		_, waitErr := syscall.Wait4(group, nil, 0, nil)
		if waitErr != nil && waitErr != syscall.EINTR {
			return err
		}
	}
}
