package cgroup

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Where version 2 is mounted beside version 1 it has no memory controller, but
// everything else of a group can be tried.
func TestV2ProcessesAreBornInTheirGroup(t *testing.T) {
	mountinfo, _ := os.ReadFile("/proc/self/mountinfo")
	membership, _ := os.ReadFile("/proc/self/cgroup")
	at, ok := find(string(mountinfo), string(membership), "")
	if !ok {
		t.Skip("version 2 is not mounted")
	}
	h := &v2{dir: filepath.Join(at.own, prefix("v2")+strconv.Itoa(os.Getpid()))}
	if err := os.Mkdir(h.dir, 0o755); err != nil {
		t.Skip("no groups can be made: ", err)
	}
	defer func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}()
	g, err := h.New()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", "setsid sleep 600 & setsid sleep 600 & read never")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := g.Start(cmd); err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/cgroup")
	if err != nil || !strings.Contains(string(own), filepath.Base(h.dir)+"/1\n") {
		t.Errorf("it was born in %s (%v)", own, err)
	}
	procs := filepath.Join(g.(*groupV2).dir, "cgroup.procs")
	eventually(t, "three processes", func() bool { return len(members(procs)) == 3 })
	g.Kill()
	cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Error("it ended with", status)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}
