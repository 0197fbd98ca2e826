package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Open finds a hierarchy in which this user can limit memory. The error says why
// there is none.
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
		h, err := openV1(filepath.Join(at.own, name))
		if err == nil {
			return h, nil
		}
		reasons = append(reasons, fmt.Errorf("cgroup v1: %w", err))
	}
	if at, ok := find(string(mountinfo), string(membership), ""); ok {
		for _, parent := range homesV2(at) {
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
