package sandbox

import "path/filepath"

// A Spec is one sandbox: which namespaces a process gets of its own, and what
// it sees in them. The zero value is none. It passes as JSON from whoever starts
// the process to the process.
type Spec struct {
	Own  Namespaces `json:"own"`
	View View       `json:"view"`
}

// Namespaces says what a process does not share with others. Without Mounts
// there is no View, without View.Proc no use in PIDs.
type Namespaces struct {
	User    bool `json:"user,omitempty"`   // needed by all others but for root
	Mounts  bool `json:"mounts,omitempty"` // the files it sees
	PIDs    bool `json:"pids,omitempty"`   // the process is number 1, and ends all others with it
	IPC     bool `json:"ipc,omitempty"`    // System V and POSIX queues, semaphores, shared memory
	Network bool `json:"network,omitempty"`
}

// None tells whether the spec asks for nothing.
func (s Spec) None() bool { return s.Own == Namespaces{} }

// noNestedUsers keeps the process from making user namespaces, in which it had
// capabilities again: over little, but enough to reach much of the kernel.
var noNestedUsers = Step{Do: doWrite, Target: "/proc/sys/user/max_user_namespaces", Data: "0", Optional: true}

// Plan returns the steps of the view, and those that belong to the namespaces.
func (s Spec) Plan() Plan {
	var plan Plan
	if s.Own.User {
		plan = append(plan, noNestedUsers)
	}
	if s.Own.Mounts {
		plan = append(plan, s.View.Plan()...)
	}
	return plan
}

// In returns the spec of a process whose own directory is dir, with its tmp in
// it.
func (s Spec) In(dir string) Spec {
	s.View.Dir, s.View.Tmp = dir, filepath.Join(dir, "tmp")
	return s
}
