package process

import (
	"bytes"
	"os"
	"strconv"
)

// Descendants returns the process ids of all that root started, directly or
// not, and that are not yet reaped. The list may miss one that is being forked
// just now: whoever kills repeats it.
func Descendants(root int) []int {
	found, ok := walk(root)
	if !ok {
		found = scan(root)
	}
	return found
}

// walk follows the kernel's own lists of children, which costs a few file reads
// per process rather than one for each process of the machine.
func walk(root int) (found []int, ok bool) {
	pending := []int{root}
	for len(pending) > 0 {
		pid := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		tasks := "/proc/" + strconv.Itoa(pid) + "/task"
		threads, err := names(tasks)
		if err != nil {
			continue // it ended meanwhile
		}
		for _, thread := range threads {
			list, err := os.ReadFile(tasks + "/" + thread + "/children")
			if err != nil {
				continue
			}
			ok = true
			for field := range bytes.FieldsSeq(list) {
				if child, err := strconv.Atoi(string(field)); err == nil {
					pending = append(pending, child)
					found = append(found, child)
				}
			}
		}
	}
	return found, ok
}

// scan finds descendants on a kernel without lists of children.
func scan(root int) (found []int) {
	all, _ := names("/proc")
	parents := make(map[int]int, len(all))
	for _, name := range all {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue
		}
		// "pid (command) state parent …", and the command may hold anything.
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		if len(fields) > 1 {
			parents[pid], _ = strconv.Atoi(string(fields[1]))
		}
	}
	for pid := range parents {
		for up, steps := parents[pid], 0; up > 0 && steps < len(parents); up, steps = parents[up], steps+1 {
			if up == root {
				found = append(found, pid)
				break
			}
		}
	}
	return found
}

func names(dir string) ([]string, error) {
	open, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer open.Close()
	return open.Readdirnames(-1)
}
