package docker

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// programs is where the worker programs for the tests are.
var programs string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// testMain builds the real worker programs for the tests.
func testMain(m *testing.M) int {
	if os.Getenv(victimDir) != "" {
		panic(beVictim())
	}
	dir, err := os.MkdirTemp("", "fn-docker-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	build := exec.Command("go", "build", "-trimpath", "-o", dir+string(os.PathSeparator),
		"github.com/fnhost/fn/worker/cmd/fn-worker", "github.com/fnhost/fn/worker/cmd/fn-worker-provided")
	build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux"), os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "building the worker programs:", err)
		return 1
	}
	programs = dir
	return m.Run()
}
