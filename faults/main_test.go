//go:build linux

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programs is the directory of the executables under test: those that the
// component local needs, so that a home has no other.
var programs string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if programs, err = os.MkdirTemp("/tmp", "fnbin"); err == nil {
		defer os.RemoveAll(programs)
		err = provide(programs, "cmd/fn", "cmd/fn-host", "plugins/local/cmd/fn-plugin-local", "worker/cmd/fn-worker", "worker/cmd/fn-worker-provided")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// provide puts executables into dir: those that were built for the tests, or new
// ones.
func provide(dir string, packages ...string) error {
	built := os.Getenv("FN_TEST_BIN")
	if built == "" {
		return build(dir, "faults", packages...)
	}
	for _, p := range packages {
		if err := copyFile(dir, built, filepath.Base(p)); err != nil {
			return err
		}
	}
	return os.Chmod(dir, 0o755)
}

// build makes executables, of one build, that any user may execute.
func build(dir, id string, packages ...string) error {
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	args := []string{"build", "-trimpath", "-tags", "urfave_cli_no_docs",
		"-ldflags", "-s -w -X github.com/fnhost/fn/host/api.build=" + id, "-o", dir + "/"}
	for _, p := range packages {
		args = append(args, "./"+p)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// copies puts the programs named into dir too, without building them again.
func copies(t testing.TB, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		must(t, copyFile(dir, programs, name))
	}
}

func copyFile(to, from, name string) error {
	content, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, name), content, 0o755)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
