//go:build linux

package faults

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// programs is the directory of the executables under test.
var programs = os.Getenv("FN_TEST_BIN")

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if programs == "" {
		dir, err := os.MkdirTemp("/tmp", "fnbin")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		if err := build(dir, "faults", "cmd/fn", "cmd/fn-host", "plugins/local/cmd/fn-plugin-local", "worker/cmd/fn-worker", "worker/cmd/fn-worker-provided"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		programs = dir
	}
	return m.Run()
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
		content, err := os.ReadFile(filepath.Join(programs, name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, name), content, 0o755))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
