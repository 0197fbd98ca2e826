//go:build unix

package deps

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// victimVar makes the test program install what its value, a directory, says.
const victimVar = "FN_DEPS_TEST_VICTIM"

// beVictim runs a tool that starts another, and never comes to an end.
func beVictim(dir string) {
	t := tool{name: "sh", path: "/bin/sh", dir: dir, env: os.Environ(), step: "waiting",
		args: []string{"-c", "sh -c 'echo $$ >pid; mv pid child; sleep 600'; true"}}
	_, _ = t.run(context.Background(), ignore)
}

// When this process is killed, so is what an installer started.
func TestKilledWithAnInstallerAtWork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), victimVar+"="+dir)
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	child := ""
	until(t, "the installer's own child starts", func() bool {
		pid, err := os.ReadFile(filepath.Join(dir, "child"))
		child = string(bytes.TrimSpace(pid))
		return err == nil
	})
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	until(t, "it ends too", func() bool { return exec.Command("kill", "-0", child).Run() != nil })
}

func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("this did not happen: " + what)
		}
	}
}
