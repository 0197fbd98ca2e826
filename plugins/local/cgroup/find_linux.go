package cgroup

import (
	"path/filepath"
	"slices"
	"strings"
)

// place is where this process lives in one mounted hierarchy.
type place struct {
	mount string // the mount point, the highest directory there is
	own   string // the directory of this process's group
}

// find reads /proc/self/mountinfo and /proc/self/cgroup for the hierarchy of a
// controller; "" is version 2.
func find(mountinfo, membership, controller string) (place, bool) {
	path, ok := memberOf(membership, controller)
	if !ok {
		return place{}, false
	}
	for line := range strings.Lines(mountinfo) {
		// id parent device root mountpoint options… - type source superoptions
		left, right, ok := strings.Cut(line, " - ")
		before, after := strings.Fields(left), strings.Fields(right)
		if !ok || len(before) < 5 || len(after) < 3 {
			continue
		}
		wanted := after[0] == "cgroup2"
		if controller != "" {
			wanted = after[0] == "cgroup" && slices.Contains(strings.Split(after[2], ","), controller)
		}
		root, mount := before[3], unescape.Replace(before[4])
		rel, err := filepath.Rel(root, path)
		if wanted && err == nil && !strings.HasPrefix(rel, "..") {
			return place{mount: mount, own: filepath.Join(mount, rel)}, true
		}
	}
	return place{}, false
}

// memberOf finds this process's group in lines of "id:controllers:path".
func memberOf(membership, controller string) (string, bool) {
	for line := range strings.Lines(membership) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) == 3 && slices.Contains(strings.Split(parts[1], ","), controller) {
			return parts[2], true
		}
	}
	return "", false
}

var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\134`, `\`)
