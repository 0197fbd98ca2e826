package cgroup

import (
	"os"
	"os/exec"
)

// Hierarchy makes groups below one directory. It may be used from several
// goroutines at once.
type Hierarchy interface {
	// Name says what it is, for people: "cgroup v2".
	Name() string
	// New returns an empty group without a limit.
	New() (Group, error)
	// Close removes all groups. Their processes must be gone.
	Close() error
}

// Group holds one worker and everything that comes of it.
type Group interface {
	// Start is cmd.Start, with the process born in the group.
	Start(cmd *exec.Cmd) error
	// Entry is what brings a process into the group that another one makes: on
	// version 1 the open file tasks, to which it writes 0 while it has one
	// thread; on version 2 the open directory, for CLONE_INTO_CGROUP. The file
	// belongs to the group.
	Entry() (version int, file *os.File, err error)
	// Limit bounds, in bytes, what the processes of the group hold together. It
	// never swaps. 0 lifts it.
	Limit(bytes int64) error
	// OOMKills counts the processes that the kernel killed here for want of
	// memory.
	OOMKills() int
	// Kill kills every process in the group.
	Kill()
	// Close gives the group back. Its processes must be gone.
	Close() error
}
