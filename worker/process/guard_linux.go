package process

import (
	"os"
	"strconv"
	"syscall"

	"github.com/fnhost/fn/worker/sandbox"
)

const (
	prSetDumpable       = 4
	prSetChildSubreaper = 36
	prSetNoNewPrivs     = 38

	sysCloseRange       = 436 // the same on every architecture
	closeRangeOnExec    = 1 << 2
	firstAfterStandards = 3
)

// Adopt makes this process the parent of every descendant whose own parent
// ends. It must then reap them.
func Adopt() error { return prctl(prSetChildSubreaper, 1) }

// Conceal denies other processes of the same user access to this one's memory
// and descriptors, by ptrace or through /proc. It does not pass to a program
// that this one executes.
func Conceal() error { return prctl(prSetDumpable, 0) }

// renounce keeps this thread, and all that it starts, from ever gaining rights
// by executing a program: set-uid bits and file capabilities have no effect. In
// a sandbox, it also takes every capability.
func renounce() error {
	if sandbox.Entered() {
		return sandbox.Renounce()
	}
	return prctl(prSetNoNewPrivs, 1)
}

func prctl(option, value uintptr) error {
	if _, _, errno := syscall.Syscall6(syscall.SYS_PRCTL, option, value, 0, 0, 0, 0); errno != 0 {
		return os.NewSyscallError("prctl", errno)
	}
	return nil
}

// KeepDescriptors keeps every descriptor beyond 0, 1 and 2 from programs that
// are executed from now on, whoever opened it.
func KeepDescriptors() error {
	_, _, errno := syscall.Syscall(sysCloseRange, firstAfterStandards, ^uintptr(0)>>32, closeRangeOnExec)
	if errno == 0 {
		return nil
	}
	// Before Linux 5.11.
	entries, err := os.ReadDir("/proc/self/fd")
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd >= firstAfterStandards {
			syscall.CloseOnExec(fd)
		}
	}
	return err
}
