package seccomp

import (
	"errors"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

const (
	setNoNewPrivs = 38 // PR_SET_NO_NEW_PRIVS
	setModeFilter = 1  // SECCOMP_SET_MODE_FILTER
	allThreads    = 1  // SECCOMP_FILTER_FLAG_TSYNC
)

// Install filters the system calls of every thread of this process, and of what
// it will execute, from now on. There is no way back.
func Install() error {
	filter := Filter(runtime.GOARCH)
	if filter == nil {
		return errors.New("there is no filter of system calls for " + runtime.GOARCH)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivs, 1, 0, 0, 0, 0); errno != 0 {
		return os.NewSyscallError("prctl", errno)
	}
	program := syscall.SockFprog{Len: uint16(len(filter)), Filter: (*syscall.SockFilter)(unsafe.Pointer(&filter[0]))}
	failed, _, errno := syscall.RawSyscall(call[runtime.GOARCH], setModeFilter, allThreads, uintptr(unsafe.Pointer(&program)))
	switch {
	case errno != 0:
		return os.NewSyscallError("seccomp", errno)
	case failed != 0:
		return errors.New("seccomp: a thread has a filter of its own")
	}
	return nil
}

// call is seccomp's number, which package syscall does not have.
var call = map[string]uintptr{"amd64": 317, "arm64": 277}
