package sdktest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// compile turns the source of the functions in dir into an executable, and one
// script for each of them that starts it. It needs the go command, and nothing
// that is not in the standard library. It is made for this machine, unless GOOS
// and GOARCH say otherwise.
func compile(t *testing.T, dir string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module suite\n\ngo 1.21\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", "suite", ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the suite's functions: %v\n%s", err, out)
	}
	for _, name := range []string{"act", "echo", "count"} {
		script := "#!/bin/sh\nexec \"$LAMBDA_TASK_ROOT/suite\" " + name + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
