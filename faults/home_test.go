//go:build linux

package faults

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// home is a throw-away home with a user around it.
type home struct {
	testing.TB
	root string // all of it; the last element marks every process that belongs to it
	dir  string // FN_HOME
	bin  string // where fn is
	env  []string
	uid  int // who uses it
}

// newHome makes a home for the user of the tests.
func newHome(t testing.TB) *home { return newHomeOf(t, os.Getuid()) }

// newHomeOf makes a home for a user, whose commands run as this user. The test
// ends with the host stopped and nothing left, see empty.
func newHomeOf(t testing.TB, uid int) *home {
	t.Helper()
	root, err := os.MkdirTemp("/tmp", "fnf") // short: the sockets are to fit into it
	must(t, err)
	h := &home{TB: t, root: root, dir: filepath.Join(root, "home"), bin: programs, uid: uid}
	for _, dir := range []string{"", "user", "tmp", "work"} {
		dir = filepath.Join(root, dir)
		must(t, os.MkdirAll(dir, 0o755))
		must(t, os.Chmod(dir, 0o755))
		must(t, os.Chown(dir, uid, -1))
	}
	h.env = []string{
		"PATH=" + os.Getenv("PATH"), "FN_HOME=" + h.dir,
		"HOME=" + filepath.Join(root, "user"), "TMPDIR=" + filepath.Join(root, "tmp"),
	}
	t.Cleanup(h.end)
	return h
}

// end stops the host and looks for what is left; in the end nothing is.
func (h *home) end() {
	defer func() {
		for _, p := range h.processes() {
			syscall.Kill(p.pid, syscall.SIGKILL)
		}
		if h.Failed() {
			log, _ := os.ReadFile(filepath.Join(h.dir, "state", "host.log"))
			h.Logf("the host's log:\n%s", log)
		}
		syscall.Unmount(h.dir, syscall.MNT_DETACH) // where it was mounted, see disk_test.go
		if err := os.RemoveAll(h.root); err != nil {
			h.Error(err)
		}
	}()
	h.fn("host", "stop", "--now")
	h.empty(5 * time.Second)
}

// empty is what holds when no host runs: no process, no socket, no file for the
// time of a session.
func (h *home) empty(limit time.Duration) {
	h.Helper()
	h.eventually(limit, "nothing is left", func() (string, bool) {
		left := append(names(h.processes()), h.sessions()...)
		return strings.Join(left, "\n"), len(left) == 0
	})
}

// sessions lists what only a running host may have on disk.
func (h *home) sessions() (found []string) {
	for _, pattern := range []string{
		"home/run/s-*", "home/run/s-*/*", "home/run/*.sock", "home/state/scratch/*", "home/state/scratch/*/*", "tmp/*",
	} {
		paths, err := filepath.Glob(filepath.Join(h.root, pattern))
		must(h, err)
		found = append(found, paths...)
	}
	return found
}

// with returns the same home with more in the environment; of a name that is
// there twice the last counts.
func (h *home) with(env ...string) *home {
	other := *h
	other.env = append(append([]string{}, h.env...), env...)
	return &other
}

// without returns the same home with less in the environment.
func (h *home) without(name string) *home {
	other := *h
	other.env = nil
	for _, entry := range h.env {
		if !strings.HasPrefix(entry, name+"=") {
			other.env = append(other.env, entry)
		}
	}
	return &other
}

// command prepares a program with the home's user and environment.
func (h *home) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = filepath.Join(h.root, "work"), h.env
	if h.uid != os.Getuid() {
		id := uint32(h.uid)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: id, Gid: id}}
	}
	return cmd
}

// path is a file in the home: FN_HOME/elements.
func (h *home) path(elements ...string) string {
	return filepath.Join(append([]string{h.dir}, elements...)...)
}

// write writes a file of the user's.
func (h *home) write(path, content string, mode os.FileMode) {
	h.Helper()
	must(h, os.MkdirAll(filepath.Dir(path), 0o755))
	must(h, os.WriteFile(path, []byte(content), mode))
	must(h, os.Chown(path, h.uid, -1))
}

// eventually polls until the condition holds; what it returns is shown when it
// does not.
func (h *home) eventually(limit time.Duration, what string, holds func() (seen string, ok bool)) {
	h.Helper()
	begin := time.Now()
	for {
		seen, ok := holds()
		if ok {
			return
		}
		if time.Since(begin) > limit {
			h.Fatalf("%s: not within %v:\n%s", what, limit, seen)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
