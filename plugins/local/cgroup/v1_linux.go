package cgroup

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
)

// v1 is the memory controller's own hierarchy.
type v1 struct {
	dir string

	mu   sync.Mutex
	made int
	idle []*groupV1
}

func openV1(dir string) (Hierarchy, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	h := &v1{dir: dir}
	// The first group shows whether a thread may enter one.
	first, err := h.New()
	if err == nil {
		err = errors.Join(first.Limit(64<<20), first.(*groupV1).enter())
	}
	if err != nil {
		removeTree(dir)
		return nil, err
	}
	return h, first.Close()
}

func (h *v1) Name() string { return "cgroup v1" }

func (h *v1) New() (Group, error) {
	h.mu.Lock()
	if n := len(h.idle); n > 0 {
		g := h.idle[n-1]
		h.idle = h.idle[:n-1]
		h.mu.Unlock()
		return g, nil
	}
	h.made++
	dir := filepath.Join(h.dir, strconv.Itoa(h.made))
	h.mu.Unlock()

	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	write(filepath.Join(dir, "memory.swappiness"), "0")
	return &groupV1{of: h, dir: dir}, nil
}

func (h *v1) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, g := range h.idle {
		g.leave()
	}
	h.idle = nil
	return removeTree(h.dir)
}

const (
	// leastStart is a limit, in bytes, under which the next worker can start.
	leastStart = 64 << 20
	// mostLeft is what may stay charged of the last worker's files, in bytes: the
	// kernel drops it as soon as the next one needs the room.
	mostLeft = 4 << 20
)

// groupV1 is a directory with one thread of this process inside, used for one
// worker after the other.
type groupV1 struct {
	of     *v1
	dir    string
	inside *thread  // nil before the first Start
	tasks  *os.File // nil before the first Entry
	limit  int64
	before int // OOM kills of earlier workers
}

func (g *groupV1) file(name string) string { return filepath.Join(g.dir, name) }

func (g *groupV1) Start(cmd *exec.Cmd) error {
	if err := g.enter(); err != nil {
		return err
	}
	return g.inside.do(cmd.Start)
}

func (g *groupV1) enter() (err error) {
	if g.inside == nil {
		g.inside, err = newThread(g.file("tasks"))
	}
	return err
}

func (g *groupV1) Entry() (int, *os.File, error) {
	if g.tasks == nil {
		var err error
		if g.tasks, err = os.OpenFile(g.file("tasks"), os.O_WRONLY, 0); err != nil {
			return 1, nil, err
		}
	}
	return 1, g.tasks, nil
}

// leave takes the thread of this process out of the group.
func (g *groupV1) leave() {
	if g.inside != nil {
		g.inside.end()
	}
}

func (g *groupV1) Limit(bytes int64) error {
	if bytes == g.limit {
		return nil
	}
	value := bytes
	if bytes == 0 {
		value = -1
	}
	if err := write(g.file("memory.limit_in_bytes"), strconv.FormatInt(value, 10)); err != nil {
		return err
	}
	g.limit = bytes
	return nil
}

func (g *groupV1) kills() int { return counter(g.file("memory.oom_control"), "oom_kill") }

func (g *groupV1) OOMKills() int { return g.kills() - g.before }

func (g *groupV1) Kill() { killMembers(g.dir) }

// Close makes the group ready for the next worker: what the kernel still keeps
// of the last one's files is not charged to it.
func (g *groupV1) Close() error {
	if g.tasks != nil {
		g.tasks.Close()
		g.tasks = nil
	}
	if g.limit < leastStart {
		if err := g.Limit(0); err != nil {
			return err
		}
	}
	if charged(g.file("memory.usage_in_bytes")) > mostLeft {
		write(g.file("memory.force_empty"), "0") // takes all cores some time
	}
	g.before = g.kills()
	g.of.mu.Lock()
	defer g.of.mu.Unlock()
	g.of.idle = append(g.of.idle, g)
	return nil
}
