//go:build linux

package faults

import (
	"database/sql"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	_ "modernc.org/sqlite"
)

// mounted says that this process may mount: its mounts are seen by nobody else
// and end with it.
const mounted = "FAULTS_MOUNTED"

// TestFullDisk runs itself again where it can have a small disk of its own: as
// root, and as anybody where the system lets them.
func TestFullDisk(t *testing.T) {
	if os.Getenv(mounted) != "" {
		fullDisk(t)
		return
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), mounted+"=1", "FN_TEST_BIN="+programs)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	said, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Skipf("no disk of our own can be had here: %v", err)
	}
	if strings.Contains(string(said), "--- SKIP") {
		t.Skipf("%s", said)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Logf("%s", said)
}

// disk is a small one, with a file that takes what is left of it.
type disk struct {
	*home
	ballast string
}

func newDisk(t *testing.T) disk {
	h := newHome(t)
	must(t, os.Mkdir(h.dir, 0o700))
	if err := errors.Join(syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""),
		syscall.Mount("tmpfs", h.dir, "tmpfs", 0, "size=96m,mode=700")); err != nil {
		t.Skipf("cannot mount: %v", err)
	}
	return disk{h, h.path("ballast")}
}

// leave fills the disk so that this many bytes are free.
func (d disk) leave(free int64) {
	d.Helper()
	f, err := os.OpenFile(d.ballast, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	must(d, err)
	defer f.Close()
	var there syscall.Statfs_t
	must(d, syscall.Statfs(d.dir, &there))
	_, err = io.CopyN(f, zeros{}, int64(there.Bavail)*there.Bsize-free)
	if !errors.Is(err, syscall.ENOSPC) {
		must(d, err)
	}
}

func (d disk) release() { must(d, os.Remove(d.ballast)) }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func fullDisk(t *testing.T) {
	d := newDisk(t)
	h := d.home
	h.have("echo", "exec", echo)
	h.have("snake", "python", echoPython)
	h.works()
	h.have("echo-python", "python", echoPython)
	h.forked()
	big := h.define("big", "exec", echo)
	noise := make([]byte, 16<<20)
	rand.NewChaCha8([32]byte{}).Read(noise)
	must(t, os.WriteFile(filepath.Join(big, "noise"), noise, 0o600))

	d.leave(4 << 20)
	before := bundles(h)
	h.fn("create", "big", big).want(6, "no space", h.dir, "hint: df ")
	if now := bundles(h); now != before {
		t.Errorf("half a bundle is left: %s, before %s", now, before)
	}
	h.works() // there is room for that

	lines := filepath.Join(t.TempDir(), "lines") // on another disk
	must(t, os.WriteFile(lines, []byte(strings.Repeat("1\n", 200)), 0o600))

	d.leave(0)
	h.resultOrNoSpace("run", "echo", "@"+lines, "--each-line")                     // once, not for every line
	for _, function := range []string{"echo", "echo", "snake", "snake", "snake"} { // the first find workers that wait
		h.resultOrNoSpace("run", function, "1")
	}
	functions := 3
	for _, name := range []string{"big", "small", "smaller"} { // ended workers give some room back
		if h.resultOrNoSpace("create", name, h.define(name, "exec", echo)) {
			functions++
		}
	}
	if got := len(get[functionList](h, "list").Functions); got != functions {
		t.Errorf("%d functions are listed on a full disk, want %d", got, functions)
	}

	if templates := h.templates(); len(templates) > 0 {
		h.kill(templates...) // and there is no room for another
		h.gone(templates)
		h.resultOrNoSpace("run", "snake", "1")
	}

	// A killed host finds the disk as full as it was.
	h.kill(h.one(host))
	h.gone(others(h.processes(), command))
	h.resultOrNoSpace("list")
	for _, function := range []string{"echo", "snake"} {
		h.resultOrNoSpace("run", function, "1")
	}

	d.release()
	h.works()
	h.ok("run", "snake", "1")
	h.ok("apply", big)
	h.record("echo", "ok")
	h.ok("host", "stop")
	sound(h)
}

// resultOrNoSpace runs a command that may find that it needs the disk.
func (h *home) resultOrNoSpace(args ...string) (result bool) {
	h.Helper()
	end := h.fn(args...)
	h.Logf("fn %s on a full disk: exit %d %s%s", strings.Join(args, " "), end.code, end.stdout, end.stderr)
	switch end.code {
	case 0:
	case 4: // it looked at what it needs, and said so
		end.want(4, "MiB are free", "hint: df -h "+h.dir)
	default:
		end.want(6, "no space", h.dir, "hint: ")
	}
	return end.code == 0
}

func bundles(h *home) string {
	found, err := filepath.Glob(h.path("data", "bundles", "*"))
	must(h, err)
	more, err := filepath.Glob(h.path("data", "bundles", ".pack*"))
	must(h, err)
	return strings.Join(append(found, more...), "\n")
}

// sound is what holds of the database after everything.
func sound(h *home) {
	h.Helper()
	db, err := sql.Open("sqlite", "file:"+h.path("data", "fn.db"))
	must(h, err)
	defer db.Close()
	var said string
	must(h, db.QueryRow("PRAGMA integrity_check").Scan(&said))
	if said != "ok" {
		h.Errorf("integrity check: %s", said)
	}
}
