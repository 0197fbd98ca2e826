//go:build unix

package client_test

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// kill ends a host that is our child, and waits until it is gone.
func kill(t *testing.T, pid string) {
	t.Helper()
	p := process(t, pid)
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	p.Wait()
}

// alive tells whether a child runs; one that has ended is reaped.
func alive(t *testing.T, pid string) bool {
	t.Helper()
	p := process(t, pid)
	var status syscall.WaitStatus
	reaped, err := syscall.Wait4(p.Pid, &status, syscall.WNOHANG, nil)
	return err == nil && reaped == 0
}

// killChildren ends hosts that never became ready.
func killChildren(t *testing.T) {
	t.Helper()
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,args=").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) > 3 && fields[1] == strconv.Itoa(os.Getpid()) && fields[3] == "serve" {
			kill(t, fields[0])
		}
	}
}
