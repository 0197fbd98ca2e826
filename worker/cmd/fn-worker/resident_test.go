//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// resident returns the memory of a process in KiB, 0 where it is not told.
func resident(pid int) (kib int) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	var size, pages int
	fmt.Sscan(string(status), &size, &pages)
	return pages * os.Getpagesize() >> 10
}

// maxResident returns the most memory an ended process, or one it waited for,
// ever had, in KiB on Linux.
func maxResident(cmd *exec.Cmd) int64 {
	return int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}
