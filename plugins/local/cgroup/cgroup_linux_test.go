package cgroup

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// eat grows a shell variable until something stops it.
const eat = `x=0123456789abcdef; while :; do x="$x$x"; done`

func open(t *testing.T) Hierarchy {
	t.Helper()
	h, err := Open("test" + strconv.Itoa(os.Getpid()))
	if err != nil {
		t.Skip("no control groups here: ", err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error("closing: ", err)
		}
	})
	return h
}

func group(t *testing.T, h Hierarchy) Group {
	t.Helper()
	g, err := h.New()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestOutOfMemoryIsCounted(t *testing.T) {
	h := open(t)
	for round := range 2 { // on version 1 the second worker gets the first one's group
		g := group(t, h)
		cmd := exec.Command("/bin/sh", "-c", eat)
		if err := g.Start(cmd); err != nil {
			t.Fatal(err)
		}
		if err := g.Limit(32 << 20); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
			t.Errorf("round %d: the process ended with %v", round, status)
		}
		if n := g.OOMKills(); n != 1 {
			t.Errorf("round %d: %d kills counted, want 1", round, n)
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKillReachesDaemons(t *testing.T) {
	g := group(t, open(t))
	cmd := exec.Command("/bin/sh", "-c", `setsid sh -c 'sleep 600 & echo $!; exec >&-; wait' & wait`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Start(cmd); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 32)
	n, err := out.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	daemon, err := strconv.Atoi(strings.TrimSpace(string(buf[:n])))
	if err != nil {
		t.Fatal(err)
	}
	if g.OOMKills() != 0 {
		t.Error("a kill was counted where there was none")
	}
	g.Kill()
	cmd.Wait()
	waitUntilGone(t, daemon)
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

func TestLeftoversOfTheDeadAreRemoved(t *testing.T) {
	h := open(t)
	var parent string
	switch h := h.(type) {
	case *v1:
		parent = filepath.Dir(h.dir)
	case *v2:
		parent = filepath.Dir(h.dir)
	}
	ended := exec.Command("/bin/true")
	if err := ended.Start(); err != nil {
		t.Fatal(err)
	}
	waitUntilGone(t, ended.Process.Pid) // a zombie, as of one whose parent was killed too
	defer ended.Wait()
	dir := filepath.Join(parent, prefix("dead")+strconv.Itoa(ended.Process.Pid))
	leftover := filepath.Join(dir, "1")
	if err := os.MkdirAll(leftover, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sleep", "600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(leftover, "cgroup.procs"), strconv.Itoa(cmd.Process.Pid)); err != nil {
		t.Fatal(err)
	}
	go cmd.Wait()
	removed, err := removeLeftovers(parent, prefix("dead"))
	if err != nil || len(removed) != 1 || removed[0] != dir {
		t.Errorf("it says %q, %v", removed, err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("the directory is still there: ", err)
	}
	waitUntilGone(t, cmd.Process.Pid)
}

func waitUntilGone(t *testing.T, pid int) {
	t.Helper()
	eventually(t, fmt.Sprint("the end of process ", pid), func() bool {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		return err != nil || strings.Contains(string(stat), ") Z ")
	})
}

func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("in vain waited for ", what)
		}
	}
}

func BenchmarkStart(b *testing.B) {
	h, err := Open("bench")
	if err != nil {
		b.Skip(err)
	}
	defer h.Close()
	b.Run("inside", func(b *testing.B) {
		for b.Loop() {
			g, err := h.New()
			if err != nil {
				b.Fatal(err)
			}
			cmd := exec.Command("/bin/true")
			if err := g.Start(cmd); err != nil {
				b.Fatal(err)
			}
			cmd.Wait()
			g.Close()
		}
	})
	b.Run("outside", func(b *testing.B) {
		for b.Loop() {
			exec.Command("/bin/true").Run()
		}
	})
	b.Run("limit", func(b *testing.B) {
		g, _ := h.New()
		defer g.Close()
		for i := int64(0); b.Loop(); i++ {
			g.Limit(128<<20 + i%2<<20)
		}
	})
}
