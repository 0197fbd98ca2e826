//go:build linux

package faults

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Whoever waits for the end of fn's output must not wait for the host's.
func TestCommandSubstitution(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.with("FN_HOST=off").have("echo", "exec", echo)
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	// The pipe is at each descriptor that a shell may have opened, up to 9.
	cmd := h.command("/bin/sh", "-c", `x=$("$0" run echo hello) && printf %s "$x"`, filepath.Join(h.bin, "fn"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, w, w
	for range 7 {
		cmd.ExtraFiles = append(cmd.ExtraFiles, w)
	}
	must(t, cmd.Start())
	w.Close()
	must(t, r.SetReadDeadline(time.Now().Add(30*time.Second)))
	said, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("the pipe stays open: %v", err)
	}
	must(t, cmd.Wait())
	if !bytes.HasSuffix(said, []byte("hello")) {
		t.Errorf("it said %q", said)
	}
	h.detached(h.one(host))
	for _, p := range h.below(h.one(host)) {
		h.closed(p)
	}
}

// detached is what holds of a host: a session of its own, nobody's child, no
// directory in use.
func (h *home) detached(p process) {
	h.Helper()
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.pid), "stat"))
	must(h, err)
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if session := fields[3]; session != strconv.Itoa(p.pid) {
		h.Errorf("the host is in session %s", session)
	}
	if terminal := fields[4]; terminal != "0" {
		h.Errorf("the host has terminal %s", terminal)
	}
	if at, _ := os.Readlink(filepath.Join("/proc", strconv.Itoa(p.pid), "cwd")); at != "/" {
		h.Errorf("the host is in %s", at)
	}
	h.closed(p)
	for fd, file := range descriptors(p) {
		if fd == "0" && file != "/dev/null" {
			h.Errorf("standard input of the host is %s", file)
		}
	}
}

// closed tells of descriptors that lead to the outside.
func (h *home) closed(p process) {
	h.Helper()
	// A worker that is making its sandbox holds parts of that, for a moment.
	h.eventually(5*time.Second, "the descriptors are the process's own", func() (seen string, ok bool) {
		if _, ok := look(p.pid); !ok {
			return "", true
		}
		for fd, file := range descriptors(p) {
			outside := strings.HasPrefix(file, "/") && !strings.HasPrefix(file, h.root) &&
				!strings.HasPrefix(file, "/dev/null") && !strings.HasPrefix(file, "/sys/fs/cgroup") && !strings.HasPrefix(file, "/proc")
			if outside {
				return fmt.Sprintf("descriptor %s of %v is %s", fd, p, file), false
			}
		}
		return "", true
	})
}

// descriptors are the open files of a process.
func descriptors(p process) map[string]string {
	dir := filepath.Join("/proc", strconv.Itoa(p.pid), "fd")
	entries, _ := os.ReadDir(dir)
	found := map[string]string{}
	for _, e := range entries {
		if file, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil {
			found[e.Name()] = file
		}
	}
	return found
}
