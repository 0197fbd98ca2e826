package launch

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fnhost/fn/plugins/local/cgroup"
)

// launcher starts a shell script in place of fn-worker.
func launcher(t *testing.T, script string) *Launcher {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "worker")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	l, err := New(Config{
		Program: program, Dir: dir, Env: []string{"PATH=/usr/bin:/bin"},
		Groups: func() (cgroup.Hierarchy, error) { return nil, errors.New("none in this test") },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if left, _ := filepath.Glob(filepath.Join(dir, "w-*")); len(left) > 0 || len(l.PIDs()) > 0 {
			t.Error("left:", left, l.PIDs())
		}
	})
	return l
}

func TestAWorkerThatDoesNotStartIsExplained(t *testing.T) {
	for _, test := range []struct{ script, message string }{
		{"echo the reason >&2; exit 3", "the worker ended before it was ready: the reason"},
		{"for i in 1 2 3; do head -c 9999 /dev/zero >&2; done; echo the reason >&2; exit 3", "the reason"},
		{"echo no frames", "broke before it was ready"},
	} {
		_, err := launcher(t, test.script).Start(t.Context(), Kind{Language: "exec"})
		if err == nil || !strings.Contains(err.Error(), test.message) || len(err.Error()) > tailBytes+200 {
			t.Errorf("%q: %v", test.script, err)
		}
	}
	l := launcher(t, "")
	l.cfg.Program += "x"
	if _, err := l.Start(t.Context(), Kind{}); !errors.Is(err, os.ErrNotExist) {
		t.Error("no program:", err)
	}
}

func TestAWorkerStartsFromNothing(t *testing.T) {
	t.Setenv("SECRET", "of the caller")
	leak, err := os.Open("/dev/null")
	if err != nil {
		t.Fatal(err)
	}
	defer leak.Close()
	l := launcher(t, `echo "$(pwd) $(stat -c %a .) $(env | grep -c SECRET) $(ls /proc/self/fd | wc -l) $(ps -o sid= -p $$) $$" >&2`)
	_, err = l.Start(t.Context(), Kind{})
	got := strings.Fields(err.Error())
	got = got[len(got)-6:]
	if filepath.Dir(got[0]) != l.cfg.Dir || got[1] != "700" || got[2] != "0" || got[4] != got[5] {
		t.Errorf("directory, its mode, secrets, descriptors, session, process: %q", got)
	}
	if n := got[3]; n != "4" { // one is of the listing itself
		t.Errorf("%s descriptors", n)
	}
}

// Orphans of a killed worker go; processes that this one started otherwise stay.
func TestOnlyOrphansAreSwept(t *testing.T) {
	other := exec.Command("/bin/sleep", "600")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer other.Process.Kill()

	l := launcher(t, `setsid sh -c 'sleep 600 & setsid sleep 600 & echo $$ $! >pids; mv pids ready; wait' & wait`)
	w, p, err := l.start(Kind{})
	if err != nil {
		t.Fatal(err)
	}
	ready := filepath.Join(w.dir, "ready")
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(ready); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the script does not start")
		}
	}
	pids, err := os.ReadFile(ready)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if w.Stop(); w.Fate() != "signal: killed" {
		t.Error("fate:", w.Fate())
	}
	for _, pid := range strings.Fields(string(pids)) {
		if _, err := os.Stat("/proc/" + pid); err == nil {
			t.Errorf("the orphan %s is still there", pid)
		}
	}
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Error("a process that is no orphan is gone:", err)
	}
}

func TestStopTakesAwayWhatCannotBeListed(t *testing.T) {
	l := launcher(t, "mkdir -p a/b; touch a/b/c; chmod 0 a/b; chmod 0 a")
	if _, err := l.Start(t.Context(), Kind{}); err == nil {
		t.Error("it started")
	}
}

// A cleaner of old files that took the scratch directory stops no worker.
func TestItsDirectoryIsMadeAgain(t *testing.T) {
	l := launcher(t, "echo started >&2; exit 3")
	l.cfg.Dir = filepath.Join(l.cfg.Dir, "taken", "away")
	if _, err := l.Start(t.Context(), Kind{Language: "exec"}); err == nil || !strings.Contains(err.Error(), "started") {
		t.Error(err)
	}
}
