package launch

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/worker/sandbox"
)

// BenchmarkStart measures a worker from its start to its Hello, and its end.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	program := filepath.Join(dir, "fn-worker")
	build := exec.Command("go", "build", "-o", program, "github.com/fnhost/fn/worker/cmd/fn-worker")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	view := sandbox.View{Hide: []string{dir, "/run"}, ReadOnly: true, Devices: true, Proc: true}
	all := sandbox.Namespaces{User: true, Mounts: true, PIDs: true, IPC: true}
	alone := all
	alone.Network = true
	for _, bench := range []struct {
		name string
		spec sandbox.Spec
	}{
		{"without", sandbox.Spec{}},
		{"namespaces", sandbox.Spec{Own: all, View: sandbox.View{Proc: true}}},
		{"sandbox", sandbox.Spec{Own: all, View: view}},
		{"sandbox and network", sandbox.Spec{Own: alone, View: view}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			l, err := New(Config{
				Program: program, Dir: dir, Env: []string{"PATH=" + os.Getenv("PATH")},
				Groups:  func() (cgroup.Hierarchy, error) { return nil, errors.New("none here") },
				Sandbox: func(Kind) (sandbox.Spec, error) { return bench.spec, nil },
			})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				w, err := l.Start(b.Context(), Kind{Language: "exec"})
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				w.Stop()
				b.StartTimer()
			}
		})
	}
}
