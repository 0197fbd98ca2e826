//go:build linux

package faults

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type garbage struct {
	Removed []string
	Failed  []struct{ Kind, Message string }
}

// killedInCall kills everything during a call, and returns the session's scratch
// directory and the plugin's control groups.
func (h *home) killedInCall() (scratch string, groups []string) {
	h.Helper()
	h.have("endless", "exec", endless, noTimeout)
	h.works() // the last session may have been killed too
	h.call("endless")
	found, err := filepath.Glob(h.path("state", "scratch", "s-*.lock"))
	must(h, err)
	groups = h.groups()
	all := h.processes()
	h.kill(all...)
	if len(found) == 0 {
		h.Fatal("there is nothing to clean")
	}
	return strings.TrimSuffix(found[len(found)-1], ".lock"), groups
}

// The host that gc starts has removed all that is left when it is asked: gc says
// so nevertheless, once.
func TestGarbageOfKilledHost(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.have("echo", "exec", echo)
	for range 3 {
		scratch, groups := h.killedInCall()
		told := get[garbage](h, "gc")
		if want := "what a killed host left: " + scratch; !slices.Contains(told.Removed, want) {
			t.Errorf("%q is not among %q", want, told.Removed)
		}
		for _, group := range groups {
			// Another host's plugin removes an empty one, too, and tells its own user.
			if _, err := os.Stat(group); err == nil {
				t.Errorf("%s is left", group)
			}
		}
		if again := get[garbage](h, "gc"); len(again.Removed)+len(again.Failed) != 0 {
			t.Errorf("again: %+v", again)
		}
	}
}

// What cannot be removed is told by each gc, until it can be.
func TestGarbageThatStays(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can leave what the user of a home may not remove")
	}
	h := newHomeOf(t, ordinary())
	h.have("echo", "exec", echo)
	scratch, _ := h.killedInCall()
	kept := filepath.Join(scratch, "kept")
	h.write(filepath.Join(kept, "file"), "", 0o644)
	must(t, os.Chown(kept, 0, 0))
	for range 2 {
		h.fn("gc").want(6, "fn: host: gc: what a killed host left: ", kept, "permission denied", "hint: ")
	}
	out := h.fn("gc", "--json").want(6)
	if !strings.Contains(out.stdout, `"PermissionDenied"`) || strings.Count(out.stdout, kept) != 1 {
		t.Errorf("gc --json: %s", out.stdout)
	}
	must(t, os.RemoveAll(kept))
	if told := get[garbage](h, "gc"); len(told.Failed) != 0 || !slices.Contains(told.Removed, "what a killed host left: "+scratch) {
		t.Errorf("afterwards: %+v", told)
	}
}
