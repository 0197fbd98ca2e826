package cgroup

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

const accessWrite = 2

// homesV2 are the directories where groups can be made, best first: within the
// own group, which works where it is the root of all, and beside it, which
// works where the parent is delegated to this user and passes memory on. A
// process may only be born in a group if the parent that both have in common
// may be written to.
func homesV2(at place) (homes []string) {
	for _, dir := range []string{at.own, filepath.Dir(at.own)} {
		if !strings.HasPrefix(dir, at.mount) {
			continue
		}
		if syscall.Access(filepath.Join(dir, "cgroup.procs"), accessWrite) != nil {
			continue
		}
		control := filepath.Join(dir, "cgroup.subtree_control")
		if !lists(control, "memory") && write(control, "+memory") != nil {
			continue
		}
		homes = append(homes, dir)
	}
	return homes
}

// lists tells whether a control file names word.
func lists(path, word string) bool {
	data, _ := os.ReadFile(path)
	return slices.Contains(strings.Fields(string(data)), word)
}

// v2 is the unified hierarchy.
type v2 struct {
	dir  string
	made atomic.Int64
}

func openV2(dir string) (Hierarchy, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	h := &v2{dir: dir}
	err := write(filepath.Join(dir, "cgroup.subtree_control"), "+memory")
	if err == nil {
		err = h.try()
	}
	if err != nil {
		removeTree(dir)
		return nil, err
	}
	return h, nil
}

// try makes one group with a limit. A kernel that has cgroup.kill also lets
// processes be born in a group.
func (h *v2) try() error {
	g, err := h.New()
	if err != nil {
		return err
	}
	_, missing := os.Stat(filepath.Join(h.dir, "cgroup.kill"))
	return errors.Join(missing, g.Limit(64<<20), g.Close())
}

func (h *v2) Name() string { return "cgroup v2" }

func (h *v2) New() (Group, error) {
	dir := filepath.Join(h.dir, strconv.FormatInt(h.made.Add(1), 10))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	write(filepath.Join(dir, "memory.swap.max"), "0")
	write(filepath.Join(dir, "memory.oom.group"), "1") // all of them, not just the largest
	return &groupV2{dir: dir}, nil
}

func (h *v2) Close() error { return removeTree(h.dir) }

// groupV2 is a directory that lives as long as its worker.
type groupV2 struct {
	dir   string
	limit int64
	open  *os.File // nil before Entry
}

func (g *groupV2) file(name string) string { return filepath.Join(g.dir, name) }

func (g *groupV2) Start(cmd *exec.Cmd) error {
	dir, err := os.Open(g.dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.UseCgroupFD = true
	cmd.SysProcAttr.CgroupFD = int(dir.Fd())
	return cmd.Start()
}

func (g *groupV2) Entry() (int, *os.File, error) {
	if g.open == nil {
		var err error
		if g.open, err = os.Open(g.dir); err != nil {
			return 2, nil, err
		}
	}
	return 2, g.open, nil
}

func (g *groupV2) Limit(bytes int64) error {
	if bytes == g.limit {
		return nil
	}
	value := "max"
	if bytes > 0 {
		value = strconv.FormatInt(bytes, 10)
	}
	if err := write(g.file("memory.max"), value); err != nil {
		return fmt.Errorf("setting the memory limit: %w", err)
	}
	g.limit = bytes
	return nil
}

func (g *groupV2) OOMKills() int { return counter(g.file("memory.events"), "oom_kill") }

func (g *groupV2) Kill() { write(g.file("cgroup.kill"), "1") }

func (g *groupV2) Close() error {
	if g.open != nil {
		g.open.Close()
	}
	return removeGroup(g.dir)
}
