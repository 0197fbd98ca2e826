package proc

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Supported tells whether this system's processes can be looked at.
const Supported = true

// Tree lists root and everything that descends from it, a parent before its
// children.
func Tree(root int) []Process {
	parents := map[int][]Process{}
	var tree []Process
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		p, ok := read(pid)
		switch {
		case !ok:
		case pid == root:
			tree = append(tree, p)
		default:
			parents[p.Parent] = append(parents[p.Parent], p)
		}
	}
	for i := 0; i < len(tree); i++ {
		tree = append(tree, parents[tree[i].PID]...)
	}
	for i := range tree {
		tree[i].Facts = facts(tree[i].PID)
		if exe, err := os.Readlink(dir(tree[i].PID, "exe")); err == nil {
			tree[i].Name = filepath.Base(strings.TrimSuffix(exe, " (deleted)"))
		}
	}
	// What ended while we looked.
	return slices.DeleteFunc(tree, func(p Process) bool { return p.Threads == 0 })
}

func dir(pid int, name string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), name)
}

// read takes name and parent from stat, whose name is in parentheses and may
// contain anything.
func read(pid int) (Process, bool) {
	stat, err := os.ReadFile(dir(pid, "stat"))
	open, end := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if err != nil || open < 0 || end < open {
		return Process{}, false
	}
	fields := strings.Fields(string(stat[end+1:]))
	if len(fields) < 2 || fields[0] == "Z" {
		return Process{}, false
	}
	parent, err := strconv.Atoi(fields[1])
	return Process{PID: pid, Parent: parent, Name: string(stat[open+1 : end])}, err == nil
}

func facts(pid int) Facts {
	status := values(dir(pid, "status"))
	f := Facts{
		RSS:     status["VmRSS"] << 10,
		Peak:    status["VmHWM"] << 10,
		Threads: int(status["Threads"]),
	}
	if files, err := os.ReadDir(dir(pid, "fd")); err == nil {
		f.Files = len(files)
	}
	return f
}

// PSS is the resident memory of a process in bytes, each shared page divided
// among those who share it. It takes the kernel a while.
func PSS(pid int) int64 { return values(dir(pid, "smaps_rollup"))["Pss"] << 10 }

// values reads lines of "name: number unit".
func values(path string) map[string]int64 {
	text, _ := os.ReadFile(path)
	found := map[string]int64{}
	for line := range strings.Lines(string(text)) {
		name, rest, _ := strings.Cut(line, ":")
		if fields := strings.Fields(rest); len(fields) > 0 {
			if n, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
				found[name] = n
			}
		}
	}
	return found
}
