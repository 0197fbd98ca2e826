package proc

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
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
		tree[i].add(tree[i].PID)
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

// tick is the unit of CPU time in stat, the same on every Linux.
const tick = time.Second / 100

// read takes from stat: the name, in parentheses and with anything in it, then
// fields of which these have fixed places: state, parent, and CPU times from the
// 12th on.
func read(pid int) (Process, bool) {
	stat, err := os.ReadFile(dir(pid, "stat"))
	open, end := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if err != nil || open < 0 || end < open {
		return Process{}, false
	}
	fields := strings.Fields(string(stat[end+1:]))
	if len(fields) < 15 || fields[0] == "Z" {
		return Process{}, false
	}
	number := func(i int) time.Duration {
		n, _ := strconv.Atoi(fields[i])
		return time.Duration(n)
	}
	return Process{
		PID: pid, Parent: int(number(1)), Name: string(stat[open+1 : end]),
		Facts: Facts{CPU: (number(11) + number(12)) * tick, Waited: (number(13) + number(14)) * tick},
	}, true
}

// add adds what is not in stat.
func (f *Facts) add(pid int) {
	status := values(dir(pid, "status"))
	f.RSS = status["VmRSS"] << 10
	f.Peak = status["VmHWM"] << 10
	f.Threads = int(status["Threads"])
	if files, err := os.ReadDir(dir(pid, "fd")); err == nil {
		f.Files = len(files)
	}
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
