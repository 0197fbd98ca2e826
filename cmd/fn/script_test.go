package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts in testdata are the specification of the command line. "fn" in
// them is this test binary, or, where FN_TEST_BIN names a directory with built
// executables, the fn there: then the scripts that need a host run too.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"fn": main, "fn-plugin-fake": fakePlugin})
}

func TestScripts(t *testing.T) {
	bin := os.Getenv("FN_TEST_BIN")
	caches := goCaches(t)
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			// Of the caller's environment only PATH: nothing of the user's is touched,
			// no engine either.
			path := os.Getenv("PATH")
			if bin != "" {
				path = bin + string(filepath.ListSeparator) + path
			}
			e.Setenv("PATH", path)
			e.Setenv("FN_HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("DOCKER_HOST", "unix://"+filepath.Join(e.WorkDir, "no-engine"))
			e.Setenv("GORACE", "atexit_sleep_ms=0") // else each command takes a second more
			for name, value := range caches {
				e.Setenv(name, value)
			}
			e.Defer(func() { stopHost(t, bin, e) })
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "host":
				return hostBuilt(bin), nil
			case "python":
				_, err := exec.LookPath("python3")
				return err == nil, nil
			case "node":
				_, err := exec.LookPath("node")
				return err == nil, nil
			}
			return false, fmt.Errorf("no condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// goCaches are where Go has what it downloaded and built, which it looks for in
// the home directory.
func goCaches(t *testing.T) map[string]string {
	t.Helper()
	caches := map[string]string{}
	for _, name := range []string{"GOCACHE", "GOMODCACHE"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatalf("go env %s: %v", name, err)
		}
		caches[name] = strings.TrimSpace(string(value))
	}
	return caches
}

// hostBuilt tells whether bin has what a call needs.
func hostBuilt(bin string) bool {
	suffix := ""
	if runtime.GOOS == "windows" {
		suffix = ".exe"
	}
	for _, name := range []string{"fn", "fn-host", "fn-plugin-local"} {
		if _, err := os.Stat(filepath.Join(bin, name+suffix)); bin == "" || err != nil {
			return false
		}
	}
	return true
}

// stopHost ends the host that a script may have started.
func stopHost(t *testing.T, bin string, e *testscript.Env) {
	if !hostBuilt(bin) {
		return
	}
	cmd := exec.Command(filepath.Join(bin, "fn"), "host", "stop", "--now")
	cmd.Env = e.Vars
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// exits runs a command that must end with an exit code: exits CODE COMMAND...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT]...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
