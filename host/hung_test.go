//go:build unix

package host

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/client"
	"github.com/fnhost/fn/sdk/fault"
)

// A plugin that is stopped cannot keep its own time: the host ends the call and
// the plugin, and the next call has another one.
func TestHungPlugin(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	l.function("f")
	l.function("waits")
	l.ok(l.run("f", ""), "only")
	running := l.host.processes.running()[0]
	if !running.answers(context.Background()) {
		t.Fatal("a good plugin counts as hung")
	}
	ended := make(chan *ran, 1)
	go func() { ended <- l.runWith(context.Background(), api.RunRequest{Name: "waits", TimeoutMS: 100}, "") }()
	l.eventually("the call", func() bool { return p.count("waiting") == 1 })
	must(t, syscall.Kill(running.PID(), syscall.SIGSTOP), "")
	select {
	case r := <-ended:
		l.failed(r, fault.Broken, "only: run: the plugin (process ", "does not answer", "fn components check only")
	case <-time.After(time.Minute):
		t.Fatal("the call hangs")
	}
	l.ok(l.run("f", ""), "only")
	l.eventually("the end of the hung process", func() bool { return syscall.Kill(running.PID(), 0) == syscall.ESRCH })
}

// A request that does not end although it was told to keeps no host.
func TestHostStopNowWaitsForNobody(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	c, done := l.serve()
	l.host.requests.Add(1)
	_, err := client.Do(context.Background(), c, api.HostStop, api.HostStopRequest{Now: true}, nil)
	must(t, err, "")
	select {
	case err := <-done:
		must(t, err, "")
	case <-time.After(time.Minute):
		t.Fatal("it waits")
	}
}

// A host whose socket, lock or database is gone or replaced ends, and takes
// nothing of its successor with it.
func TestDisplacedHostEnds(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]func(l *lab) string{
		"socket":   func(l *lab) string { return l.dirs.Socket() },
		"lock":     func(l *lab) string { return l.dirs.LockFile() },
		"database": func(l *lab) string { return l.dirs.Database() },
	} {
		for how, do := range map[string]func(l *lab, path string){
			"gone":     func(l *lab, path string) { must(l, os.Remove(path), "") },
			"replaced": func(l *lab, path string) { replaced(l, path) },
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				l := newLab(t)
				l.plugin("only")
				l.manifest("[only]\n")
				l.open()
				must(t, os.WriteFile(l.dirs.LockFile(), nil, 0o600), "")
				c, done := l.serve()
				_, err := client.Do(context.Background(), c, api.HostStatus, api.None{}, nil)
				must(t, err, "")
				do(l, path(l))
				select {
				case err := <-done:
					must(t, err, "")
				case <-time.After(time.Minute):
					t.Fatal("it lives on")
				}
				if _, err := os.Stat(path(l)); (err == nil) != (how == "replaced") {
					t.Errorf("%s: %v", path(l), err)
				}
			})
		}
	}
}

// replaced puts another file in the place of one.
func replaced(l *lab, path string) {
	other := filepath.Join(l.dir, "other")
	must(l, os.WriteFile(other, nil, 0o600), "")
	must(l, os.Rename(other, path), "")
}

// Without its default manifest a host writes it again, as at its first start;
// another one it only misses.
func TestManifestIsRemoved(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("only")
	l.open()
	l.function("f")
	l.ok(l.run("f", ""), "only")
	must(t, os.RemoveAll(l.dirs.Config), "")
	l.ok(l.run("f", ""), "only")
	if _, err := os.Stat(l.dirs.Manifest()); err != nil {
		t.Error(err)
	}
	l.host.opts.Manifest = filepath.Join(l.dir, "own.toml")
	l.failed(l.run("f", ""), fault.Invalid, "own.toml")
}

// Scratch directories that a cleaner took are made again.
func TestScratchIsRemoved(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	must(t, os.RemoveAll(l.dirs.State), "")
	l.function("f")
	l.ok(l.run("f", ""), "only")
}
