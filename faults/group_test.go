//go:build linux

package faults

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// groups lists the control groups in which the home's plugins keep workers.
func (h *home) groups() (found []string) {
	id, err := os.ReadFile(h.path("data", "host.id"))
	must(h, err)
	filepath.WalkDir("/sys/fs/cgroup", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return nil // they come and go
		}
		if strings.HasPrefix(entry.Name(), "fn-"+string(id)+"-") {
			found = append(found, path)
			return fs.SkipDir
		}
		return nil
	})
	return found
}

// groupsOfWorkers counts the groups that the plugin keeps for workers.
func (h *home) groupsOfWorkers() (n int) {
	for _, group := range h.groups() {
		below, _ := filepath.Glob(filepath.Join(group, "*", "tasks"))
		n += len(below)
	}
	return n
}

// oneGroup holds when a plugin runs: those of killed ones are gone.
func (h *home) oneGroup() {
	h.Helper()
	if found := h.groups(); len(found) > 1 {
		h.Errorf("control groups are left: %v", found)
	}
}
