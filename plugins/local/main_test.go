package local

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const (
	// roleVar makes the test program be something else, see killed_test.go.
	roleVar = "FN_LOCAL_TEST_ROLE"
	// programVar tells a test program started by another where fn-worker is.
	programVar = "FN_LOCAL_TEST_WORKER"
)

func TestMain(m *testing.M) {
	if os.Getenv(roleVar) != "" {
		if err := beVictim(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(testMain(m))
}

// testMain builds the real fn-worker for the tests, unless there is one.
func testMain(m *testing.M) int {
	if os.Getenv(programVar) != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "fn-local-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755) // for the tests as another user
	program := filepath.Join(dir, "fn-worker")
	build := exec.Command("go", "build", "-o", dir+"/", "github.com/fnhost/fn/worker/cmd/fn-worker", "github.com/fnhost/fn/worker/cmd/fn-worker-provided")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building fn-worker:", err)
		return 1
	}
	os.Setenv(programVar, program)
	return m.Run()
}
