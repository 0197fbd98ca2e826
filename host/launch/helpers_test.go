//go:build unix

package launch_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fnhost/fn/host/launch"
)

// soon is long enough for anything that must happen, on a busy machine.
const soon = 20 * time.Second

func spec(t *testing.T, as string) launch.Spec {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return launch.Spec{Component: "thing", Path: self, SocketDir: shortDir(t), Env: []string{act + "=" + as}, StartTimeout: soon}
}

// shortDir is where a socket fits: t.TempDir is too long.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "fn")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func start(t *testing.T, s launch.Spec) *launch.Process {
	t.Helper()
	p, err := launch.Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop(context.Background()) })
	return p
}

func ask(t *testing.T, p *launch.Process, what string) string {
	t.Helper()
	states, err := p.Client().Status(t.Context(), what)
	if err != nil {
		t.Fatal(p.Wrap(err))
	}
	return states[0].Reason
}

// gone waits until no process has the id.
func gone(t *testing.T, pid int, within time.Duration) {
	t.Helper()
	deadline := time.Now().Add(within)
	for running(pid) {
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there after %v", pid, within)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// running tells whether the process exists and is more than an entry that its
// parent has not looked at yet.
func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return !os.IsNotExist(err) || !isLinux()
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

func isLinux() bool { _, err := os.Stat("/proc/self/stat"); return err == nil }

func empty(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left in the socket directory: %v, %v", left, err)
	}
}

func within(t *testing.T, what string, ch <-chan struct{}) {
	t.Helper()
	select {
	case <-ch:
	case <-time.After(soon):
		t.Fatal(what + " takes too long")
	}
}
