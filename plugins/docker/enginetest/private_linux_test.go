package enginetest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

func TestPrivateEngine(t *testing.T) {
	var p *PrivateEngine
	t.Run("lives", func(t *testing.T) {
		p = Private(t)
		image := Scratch(t, p.Client, map[string]string{"/hello": hello(t)})
		if got := run(t, p.Client, image, "/hello"); got != "hello" {
			t.Errorf("printed %q", got)
		}
		if has(t.Context(), Client(t), image) {
			t.Error("the machine's engine has the private one's image")
		}

		p.Pause()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if _, err := p.Client.Info(ctx); err == nil || ctx.Err() == nil {
			t.Errorf("a paused engine answered: %v", err)
		}
		p.Resume()
		if _, err := p.Client.Info(t.Context()); err != nil {
			t.Errorf("after the pause: %v", err)
		}

		for name, end := range map[string]func(){"stop": p.Stop, "kill": p.Kill} {
			end()
			if _, err := p.Client.Info(t.Context()); !client.IsErrConnectionFailed(err) {
				t.Errorf("after %s: %v", name, err)
			}
			p.Start()
			if got := run(t, p.Client, image, "/hello"); got != "hello" {
				t.Errorf("after %s printed %q", name, got)
			}
		}
	})
	if p != nil {
		p.isGone(t)
	}
}

// isGone checks that nothing is left of a private engine.
func (p *PrivateEngine) isGone(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(p.dir); err == nil {
		t.Error("the directory is left")
	}
	for _, pattern := range []string{"/sys/fs/cgroup/", "/sys/fs/cgroup/*/"} {
		if left, _ := filepath.Glob(pattern + p.cgroup()); len(left) > 0 {
			t.Errorf("left: %q", left)
		}
	}
	if text, err := os.ReadFile("/proc/self/mountinfo"); err != nil || strings.Contains(string(text), p.dir) {
		t.Errorf("mounts are left, %v:\n%s", err, text)
	}
	if left := using(p.dir); len(left) > 0 {
		t.Errorf("processes left: %q", left)
	}
}

// A container outlives an engine that is killed, and goes with the space.
func TestContainersOutliveAKill(t *testing.T) {
	var p *PrivateEngine
	t.Run("lives", func(t *testing.T) {
		e := Client(t)
		p = Private(t)
		image := Scratch(t, e, map[string]string{"/hello": hello(t)})
		Copy(t, e, p.Client, image)
		made, err := p.Client.ContainerCreate(t.Context(), &container.Config{Image: image, Cmd: []string{"/hello", p.dir}}, nil, nil, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Client.ContainerStart(t.Context(), made.ID, container.StartOptions{}); err != nil {
			t.Fatal(err)
		}
		p.Kill()
		if left := using("/hello\x00" + p.dir); len(left) != 1 {
			t.Errorf("after the kill run %q", left)
		}
		p.Start()
		if _, err := p.Client.ContainerInspect(t.Context(), made.ID); err != nil {
			t.Error(err)
		}
		if err := p.Client.ContainerStart(t.Context(), made.ID, container.StartOptions{}); err != nil {
			t.Error(err)
		}
		p.Kill()
	})
	if p != nil {
		p.isGone(t)
	}
}

func TestSmallEngineFills(t *testing.T) {
	p := Small(t, 32<<20)
	big := filepath.Join(t.TempDir(), "big")
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, 64<<20); err != nil {
		t.Fatal(err)
	}
	packed, err := pack(map[string]string{"/big": big})
	if err != nil {
		t.Fatal(err)
	}
	err = importTar(t.Context(), p.Client, packed, "fn-test/big")
	if err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("64 MB on a disk of 32: %v", err)
	}
}

// using are the command lines of processes that contain a text.
func using(text string) []string {
	var found []string
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if line, err := os.ReadFile(file); err == nil && strings.Contains(string(line), text) {
			found = append(found, string(line))
		}
	}
	return found
}
