//go:build !linux

package process

// Anonymous returns 0: memory is not measured on this system.
func Anonymous(pids []int) int64 { return 0 }

// LimitData does nothing on this system.
func LimitData(pid int, bytes int64) error { return nil }

// Resident is not known here.
func Resident([]int) int64 { return 0 }
