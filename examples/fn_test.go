//go:build unix

package examples_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// user is somebody with a home of their own who types commands of fn.
type user struct {
	bin string
	env []string
}

// There is no engine for them.
func newUser(t *testing.T) *user {
	t.Helper()
	home := t.TempDir()
	u := &user{bin: filepath.Join(executables(t), "fn"), env: append(os.Environ(), "FN_HOME="+home, "DOCKER_HOST=unix://"+home+"/no-engine")}
	t.Cleanup(func() {
		if _, stderr, code := u.fn(t, "", "host", "stop", "--now"); code != 0 {
			t.Error(stderr)
		}
	})
	return u
}

// fn runs one command with text as its standard input.
func (u *user) fn(t *testing.T, text string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, log bytes.Buffer
	cmd := exec.Command(u.bin, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = u.env, strings.NewReader(text), &out, &log
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), log.String(), cmd.ProcessState.ExitCode()
}

// must runs a command that has to work and returns its standard output.
func (u *user) must(t *testing.T, text string, args ...string) string {
	t.Helper()
	stdout, stderr, code := u.fn(t, text, args...)
	if code != 0 {
		t.Fatalf("fn %s: exit code %d\n%s%s", strings.Join(args, " "), code, stdout, stderr)
	}
	return stdout
}

// needsModules skips a test where the modules that the Go code in dir requires
// cannot be had, unless they are required.
func needsModules(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("go", "mod", "download")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return
	}
	if strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "modules") {
		t.Fatalf("the modules of %s are required: %v\n%s", dir, err, out)
	}
	t.Skipf("the modules of %s cannot be had here: %v", dir, err)
}
