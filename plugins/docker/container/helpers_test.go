package container

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/plugins/docker/program"
)

var builds struct {
	sync.Once
	dir string
	err error
}

func TestMain(m *testing.M) {
	status := m.Run()
	if builds.dir != "" {
		os.RemoveAll(builds.dir)
	}
	os.Exit(status)
}

// build returns a directory with the real worker programs.
func build(t testing.TB) string {
	t.Helper()
	builds.Do(func() {
		if builds.dir, builds.err = os.MkdirTemp("", "fn-programs"); builds.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-trimpath", "-o", builds.dir+string(filepath.Separator),
			"github.com/fnhost/fn/worker/cmd/fn-worker", "github.com/fnhost/fn/worker/cmd/fn-worker-provided")
		cmd.Env, cmd.Stderr = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux"), os.Stderr
		builds.err = cmd.Run()
	})
	if builds.err != nil {
		t.Fatal(builds.err)
	}
	return builds.dir
}

// newLauncher is that of a host of its own. After the test nothing of it may be
// left on the engine.
func newLauncher(t testing.TB) *Launcher {
	t.Helper()
	e := enginetest.Client(t)
	arch, err := program.Architecture(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	files, err := program.Find(build(t), arch)
	if err != nil {
		t.Fatal(err)
	}
	volume, err := program.Ensure(t.Context(), e, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	owner := Owner{Host: "test" + strings.ToLower(rand.Text()[:8]), Component: "docker", Process: "p"}
	l := New(Config{Engine: e, Owner: owner, Filter: true, Image: func(string) {}, Tagged: func(string, string) {}, Changed: func() {},
		Program: func(context.Context) (string, error) { return volume, nil },
		Empty:   func(ctx context.Context) (string, error) { return program.Image(ctx, e) }})
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		left, err := e.ContainerList(context.Background(), container.ListOptions{All: true, Filters: owner.mine()})
		if err != nil || len(left) > 0 {
			t.Errorf("left: %+v, %v", left, err)
		}
		gone := func(string) bool { return false }
		other := owner
		other.Process = "another"
		if _, err := Sweep(context.Background(), e, other, gone); err != nil {
			t.Error(err)
		}
	})
	return l
}

// python is the kind of worker that the tests start.
func python(t testing.TB, none bool) Kind {
	ref := enginetest.Python(t)
	return Kind{Language: "python", Ref: ref, Image: ref, Memory: 64 << 20, CPUs: 1, NoNetwork: none}
}
