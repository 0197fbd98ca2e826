//go:build unix

package host

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// What one component cannot remove keeps nothing elsewhere, and those that are
// not ready are passed over.
func TestGarbageOfEveryComponent(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("first", "litter1", "litter2", "stuck=held by somebody")
	second := l.plugin("second", "litter3")
	l.plugin("keeps", "keeps") // it has no Collector
	l.plugin("down", "down=no engine", "litter4")
	l.manifest("[first]\n[second]\n[keeps]\n[down]\n")
	l.open()
	collect := func() api.Garbage {
		t.Helper()
		g, err := l.host.CollectGarbage(context.Background(), l.caller(), api.None{}, discard{})
		must(t, err, "")
		return g
	}
	_, err := l.host.CreateRuntime(context.Background(), l.caller(), api.RuntimeSpec{Name: "r", Language: "go"}, discard{})
	must(t, err, "")
	g := collect()
	if second.count("there is r provided") != 1 || second.count("there is python python") != 1 {
		t.Errorf("the runtimes were not told: %q", second.calls())
	}
	if want := []string{"first: litter1", "first: litter2", "second: litter3"}; !slices.Equal(g.Removed, want) {
		t.Errorf("removed %q, want %q", g.Removed, want)
	}
	if len(g.Failed) != 1 {
		t.Fatalf("failed: %v", g.Failed)
	}
	must(t, g.Failed[0], fault.PermissionDenied, "first: gc: held by somebody")
	if g := collect(); len(g.Removed) != 0 || len(g.Failed) != 1 {
		t.Errorf("again: %+v", g)
	}
}

// A scratch directory that could not be removed with its process is removed
// later.
func TestScratchThatWasLeft(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("p")
	l.manifest("[p]\n")
	l.open()
	left := filepath.Join(l.host.session.scratch.path, "p-1")
	must(t, os.Mkdir(left, 0o700), "")
	l.host.processes.left = []string{left}
	g, err := l.host.CollectGarbage(context.Background(), l.caller(), api.None{}, discard{})
	must(t, err, "")
	if want := []string{"what a plugin left: " + left}; !slices.Equal(g.Removed, want) {
		t.Errorf("removed %q, want %q", g.Removed, want)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("it is still there")
	}
}

// What cannot be looked at is a failure only where functions are deployed.
func TestGarbageOfWhatIsDown(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	used, unused := l.plugin("used"), l.plugin("unused")
	l.manifest("[used]\n[unused]\n")
	l.open()
	l.function("f")
	l.deploy("f", "used")
	for _, p := range []*plugin{used, unused} {
		p.tell("down", "no engine")
	}
	l.check()
	g, err := l.host.CollectGarbage(context.Background(), l.caller(), api.None{}, discard{})
	must(t, err, "")
	if len(g.Failed) != 1 {
		t.Fatalf("failed: %v", g.Failed)
	}
	must(t, g.Failed[0], fault.Unavailable, "used: gc: not looked at: unavailable since", "engine: no engine")
	if hint := g.Failed[0].Hint; hint != "systemctl start engine" {
		t.Errorf("hint %q", hint)
	}
}
