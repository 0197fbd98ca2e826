package process

import (
	"os"
	"slices"
	"syscall"
	"unsafe"
)

const (
	lastSignal    = 64
	signalSetSize = 8 // bytes
)

// Deafen takes this process's handlers away, those of the runtime too, but for
// the signals to keep, SIGPIPE and SIGURG. Process 1 of a namespace then gets no
// signal from within that it does not keep, not even SIGKILL.
func Deafen(keep ...os.Signal) {
	keep = append(keep, syscall.SIGPIPE, syscall.SIGURG, syscall.SIGKILL, syscall.SIGSTOP)
	var standard [8]uint64 // more than a struct sigaction anywhere
	for signal := syscall.Signal(1); signal <= lastSignal; signal++ {
		if !slices.Contains(keep, os.Signal(signal)) {
			syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(signal),
				uintptr(unsafe.Pointer(&standard)), 0, signalSetSize, 0, 0)
		}
	}
}
