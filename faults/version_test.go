//go:build linux

package faults

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fnhost/fn/host/lockfile"
)

// otherBuild is the directory of executables of another build.
func otherBuild(h *home) string {
	h.Helper()
	dir := filepath.Join(h.root, "other")
	must(h, os.Mkdir(dir, 0o755))
	must(h, build(dir, "another-build", "cmd/fn", "cmd/fn-host"))
	copies(h, dir, plugin, worker)
	return dir
}

func TestAnotherBuildTakesOver(t *testing.T) {
	t.Parallel()
	first := newHome(t)
	second := first.with()
	second.bin = otherBuild(first)
	open := first.gate("gate")
	call := first.call("gate")
	before := get[hostState](first, "host", "status")

	never := first.neverTwo()
	waits := second.start("run", "gate")
	first.startLocked()
	if now := get[hostState](second, "host", "status"); now.PID != before.PID || now.Build != before.Build || now.Calls != 1 {
		t.Errorf("while a call runs the host is %+v, was %+v", now, before)
	}
	open()
	if got := call.wait().want(0).stdout; got != through {
		t.Errorf("the call of the first answered %q", got)
	}
	if got := waits.wait().want(0).stdout; got != through {
		t.Errorf("the call of the second answered %q", got)
	}
	after := get[hostState](second, "host", "status")
	if after.Build != "another-build" || after.PID == before.PID {
		t.Errorf("after a command of another build the host is %+v", after)
	}
	if got := first.ok("run", "gate"); got != through {
		t.Errorf("the first, again, answered %q", got)
	}
	if again := get[hostState](first, "host", "status"); again.Build != before.Build {
		t.Errorf("after a command of the first build the host is %+v", again)
	}
	never()
	if calls := get[callList](first, "calls", "gate").Calls; len(calls) != 3 {
		t.Errorf("%d calls are recorded, want 3: %v", len(calls), calls)
	}
}

// startLocked waits until a command holds the lock to start or end the host.
func (h *home) startLocked() {
	h.Helper()
	h.eventually(10*time.Second, "a command is about to start a host", func() (string, bool) {
		lock, err := lockfile.TryLock(h.path("run", "start.lock"))
		if err == nil {
			lock.Unlock()
		}
		return fmt.Sprint(err), errors.Is(err, lockfile.ErrLocked)
	})
}

// neverTwo looks, until it is told to stop, that there is one host at most.
func (h *home) neverTwo() (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	seen := 0
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			case <-time.After(5 * time.Millisecond):
			}
			if found := h.named(host); len(found) > 1 {
				h.Errorf("two hosts at once: %v", found)
				return
			}
			seen++
		}
	}()
	return func() {
		h.Helper()
		close(end)
		<-ended
		if seen == 0 {
			h.Error("nobody looked")
		}
	}
}
