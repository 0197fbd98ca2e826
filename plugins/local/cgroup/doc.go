// Package cgroup gives each worker a memory control group of its own, where the
// kernel lets this user make one: a limit that counts everything a function and
// its children hold, and a count of the kernel's kills that tells out of memory
// apart from any other death.
//
// Both hierarchies are known. On version 2 a process is born in its group. On
// version 1 it inherits that of the thread that forks it, so each group keeps
// one thread inside and is used again: moving a process costs a grace period of
// the kernel, 12 ms, during which nothing on the machine can fork.
//
// Groups of one process lie under fn-OWNER-PID. What a killed process left there
// is removed by the next Open with the same owner.
package cgroup
