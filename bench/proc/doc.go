// Package proc tells what the system knows of processes: who descends from
// whom, resident memory, descriptors. It reads Linux's /proc; elsewhere
// Supported is false and every list is empty.
package proc

import "time"

// Process is one process at one moment.
type Process struct {
	PID, Parent int
	Name        string // of its executable, else its command name
	Facts
}

// Facts are what a process holds. A fact this user may not see is 0.
type Facts struct {
	RSS     int64         // bytes, now
	Peak    int64         // bytes, the largest RSS since its exec
	CPU     time.Duration // used by the process itself
	Waited  time.Duration // used by its ended descendants, as far as they were waited for
	Threads int
	Files   int // open descriptors
}
