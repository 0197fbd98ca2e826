package process

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"unsafe"
)

// Anonymous returns the resident memory, in bytes, that belongs to the
// processes alone: heap and stacks, not mapped files, which the system can drop
// at any time. Pages that a fork shares count once per process.
func Anonymous(pids []int) int64 {
	var pages int64
	for _, pid := range pids {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
		if err != nil {
			continue
		}
		fields := bytes.Fields(stat) // size resident shared …
		if len(fields) < 3 {
			continue
		}
		resident, _ := strconv.ParseInt(string(fields[1]), 10, 64)
		shared, _ := strconv.ParseInt(string(fields[2]), 10, 64)
		pages += resident - shared
	}
	return pages * int64(os.Getpagesize())
}

// LimitData bounds, in bytes, the private writable memory a process may map,
// touched or not. What it starts afterwards gets the same bound for itself.
func LimitData(pid int, bytes int64) error {
	limit := syscall.Rlimit{Cur: uint64(bytes), Max: uint64(bytes)}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), syscall.RLIMIT_DATA,
		uintptr(unsafe.Pointer(&limit)), 0, 0, 0)
	if errno != 0 {
		return os.NewSyscallError("prlimit", errno)
	}
	return nil
}
