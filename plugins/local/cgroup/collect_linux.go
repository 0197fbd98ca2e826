package cgroup

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Collect removes what dead processes of the owner left, wherever Open would
// make a hierarchy, and returns the directories that were removed. The error is
// of those that could not be.
func Collect(owner string) (removed []string, err error) {
	mountinfo, _ := os.ReadFile("/proc/self/mountinfo")
	membership, _ := os.ReadFile("/proc/self/cgroup")
	if at, ok := find(string(mountinfo), string(membership), "memory"); ok {
		removed, err = removeLeftovers(at.own, prefix(owner))
	}
	if at, ok := find(string(mountinfo), string(membership), ""); ok {
		for _, parent := range homesV2(at) {
			more, failed := removeLeftovers(parent, prefix(owner))
			removed, err = append(removed, more...), errors.Join(err, failed)
		}
	}
	return removed, err
}

// removeLeftovers removes what dead processes left: of this owner with the
// processes in it, of others only what is empty, since a process that seems
// dead may live in another container. It returns what was this owner's.
func removeLeftovers(parent, prefix string) (removed []string, err error) {
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		pid, noPID := strconv.Atoi(e.Name()[strings.LastIndexByte(e.Name(), '-')+1:])
		if !strings.HasPrefix(e.Name(), common) || noPID != nil || !dead(pid) {
			continue
		}
		dir := filepath.Join(parent, e.Name())
		if strings.HasPrefix(e.Name(), prefix) {
			if failed := removeTree(dir); failed != nil {
				err = errors.Join(err, failed)
			} else {
				removed = append(removed, dir)
			}
			continue
		}
		below, _ := filepath.Glob(filepath.Join(dir, "[0-9]*"))
		for _, group := range append(below, dir) {
			os.Remove(group)
		}
	}
	return removed, err
}

// dead reports whether a process has ended or is about to, whoever has yet to
// reap it: a zombie still has its number.
func dead(pid int) bool {
	const exiting = 4 // PF_EXITING of the kernel's sched.h
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return syscall.Kill(pid, 0) == syscall.ESRCH
	}
	// "pid (command) state …", and the command may hold anything; the ninth are flags.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 7 {
		return false
	}
	flags, _ := strconv.ParseUint(fields[6], 10, 64)
	return fields[0] == "Z" || fields[0] == "X" || flags&exiting != 0
}

// removeTree kills what is in the groups directly below dir and removes them
// and dir. It fails when processes need longer than a second to die.
func removeTree(dir string) error {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if e.IsDir() {
			if err := removeGroup(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return removeGroup(dir)
}

func removeGroup(dir string) error {
	deadline := time.Now().Add(time.Second)
	for {
		err := os.Remove(dir)
		if err == nil || errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if !errors.Is(err, syscall.EBUSY) || time.Now().After(deadline) {
			return err
		}
		killMembers(dir)
		time.Sleep(time.Millisecond) // the kernel tells nobody when the last one is gone
	}
}

func killMembers(dir string) {
	for _, pid := range members(filepath.Join(dir, "cgroup.procs")) {
		if pid != os.Getpid() { // a thread of ours may be inside, see v1
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
