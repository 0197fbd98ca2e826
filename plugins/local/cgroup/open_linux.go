package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Open finds a hierarchy in which this user can limit memory, and removes what
// dead processes of the same owner left in it. The error says why there is none.
func Open(owner string) (Hierarchy, error) {
	mountinfo, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	membership, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	name := prefix(owner) + strconv.Itoa(os.Getpid())
	var reasons []error
	if at, ok := find(string(mountinfo), string(membership), "memory"); ok {
		removeLeftovers(at.own, prefix(owner))
		h, err := openV1(filepath.Join(at.own, name))
		if err == nil {
			return h, nil
		}
		reasons = append(reasons, fmt.Errorf("cgroup v1: %w", err))
	}
	if at, ok := find(string(mountinfo), string(membership), ""); ok {
		for _, parent := range homesV2(at) {
			removeLeftovers(parent, prefix(owner))
			h, err := openV2(filepath.Join(parent, name))
			if err == nil {
				return h, nil
			}
			reasons = append(reasons, fmt.Errorf("cgroup v2: %w", err))
		}
	}
	if len(reasons) == 0 {
		return nil, errors.New("no memory controller is delegated to this user")
	}
	return nil, errors.Join(reasons...)
}

// prefix begins the name of every directory of an owner. A group's name must
// not begin with a dot or hold a slash.
func prefix(owner string) string {
	clean := func(r rune) rune {
		if r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}
	return common + strings.Map(clean, owner) + "-"
}

// common begins every name.
const common = "fn-"

// removeLeftovers removes what dead processes left: of this owner with the
// processes in it, of others only what is empty, since a process that seems
// dead may live in another container.
func removeLeftovers(parent, prefix string) {
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name()[strings.LastIndexByte(e.Name(), '-')+1:])
		if !strings.HasPrefix(e.Name(), common) || err != nil || syscall.Kill(pid, 0) != syscall.ESRCH {
			continue
		}
		dir := filepath.Join(parent, e.Name())
		if strings.HasPrefix(e.Name(), prefix) {
			removeTree(dir)
			continue
		}
		below, _ := filepath.Glob(filepath.Join(dir, "[0-9]*"))
		for _, group := range append(below, dir) {
			os.Remove(group)
		}
	}
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
