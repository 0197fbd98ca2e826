// Package proc tells what the system knows of processes: who descends from
// whom, resident memory, descriptors. It reads Linux's /proc; elsewhere
// Supported is false and every list is empty.
package proc

// Process is one process at one moment.
type Process struct {
	PID, Parent int
	Name        string // of its executable, else its command name
	Facts
}

// Facts are what a process holds. A fact this user may not see is 0.
type Facts struct {
	RSS     int64 // bytes, now
	Peak    int64 // bytes, the largest RSS since its exec
	Threads int
	Files   int // open descriptors
}
