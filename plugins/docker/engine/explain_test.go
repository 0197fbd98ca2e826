//go:build unix

package engine

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// asNobody makes this test run once more as the user nobody.
const asNobody = "FN_TEST_AS_NOBODY"

func TestNoPermission(t *testing.T) {
	if socket := os.Getenv(asNobody); socket != "" {
		_, err := Open(t.Context(), environment("DOCKER_HOST", socket), "/")
		unavailable(t, err, "no permission", permissionMend(Place{}))
		return
	}
	dir, err := os.MkdirTemp("", "engine")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "docker.sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(filepath.Join(dir, "docker.sock"), 0)); err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "test"), program, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "test"), "-test.run=^TestNoPermission$")
	cmd.Env = append(os.Environ(), asNobody+"=unix://"+filepath.Join(dir, "docker.sock"))
	cmd.Dir = dir
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// An engine that accepts and says nothing is one that hangs.
func TestSilentEngine(t *testing.T) {
	host := "unix://" + filepath.Join(t.TempDir(), "docker.sock")
	l, err := net.Listen("unix", host[len("unix://"):])
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	place := Place{Host: host, From: byDefault}
	c, err := newClient(place, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = c.Ping(ctx)
	unavailable(t, Explain(err, place), "does not answer", startMend(place, "restart"))
}

func TestMends(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("these are Linux's")
	}
	for _, c := range []struct{ host, from, want string }{
		{defaultHost, byDefault, "sudo systemctl start docker"},
		{defaultHost, "DOCKER_HOST", "sudo systemctl start docker"},
		{podmanHost, podman, "sudo systemctl start podman.socket"},
		{"unix:///run/user/1000/podman/podman.sock", rootlessPodman, "systemctl --user start podman.socket"},
		{"unix:///run/user/1000/docker.sock", `context "rootless"`, "systemctl --user start docker"},
		{"unix:///xdg/docker.sock", rootless, "systemctl --user start docker"},
		{"tcp://box:2375", "DOCKER_HOST", "start the engine there, or choose another one: docker context ls"},
	} {
		if got := startMend(Place{Host: c.host, From: c.from}, "start"); got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.host, c.from, got, c.want)
		}
	}
}
