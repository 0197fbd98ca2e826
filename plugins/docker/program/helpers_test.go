package program

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/fnhost/fn/sdk"
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

// build returns a directory with both programs, as a release has them.
func build(t testing.TB) string {
	t.Helper()
	builds.Do(func() {
		if builds.dir, builds.err = os.MkdirTemp("", "fn-programs"); builds.err != nil {
			return
		}
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", builds.dir+string(filepath.Separator),
			"github.com/fnhost/fn/worker/cmd/fn-worker", "github.com/fnhost/fn/worker/cmd/fn-worker-provided")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Run(); err != nil {
			builds.err = errors.New(err.Error() + "\n" + said.String())
		}
	})
	if builds.err != nil {
		t.Fatal(builds.err)
	}
	return builds.dir
}

func hint(err error) string {
	var known *sdk.Error
	if errors.As(err, &known) {
		return known.Hint
	}
	return ""
}
