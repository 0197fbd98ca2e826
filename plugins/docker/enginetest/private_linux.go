package enginetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fnhost/fn/plugins/docker/engine"
)

// engineLimit bounds the start and the stop of a private engine.
const engineLimit = 60 * time.Second

// PrivateEngine is an engine of one test. Its processes, mounts and network are
// in namespaces of their own, its files below one directory and its containers'
// control groups below one group: all of it is gone after the test. Its
// containers reach each other and nothing else.
type PrivateEngine struct {
	Host   string         // "unix:///…", for DOCKER_HOST
	Client *engine.Engine // of Host; stays good over Stop and Start
	Data   string         // the engine's data, as this process sees it; meaningless with Small

	t      T
	dir    string
	space  *space
	daemon *daemon
}

// Private starts an engine of the test's own.
func Private(t T) *PrivateEngine {
	t.Helper()
	return private(t, 0)
}

// Small is Private on a disk of so many bytes.
func Small(t T, bytes int64) *PrivateEngine {
	t.Helper()
	return private(t, bytes)
}

func private(t T, disk int64) *PrivateEngine {
	t.Helper()
	if os.Getuid() != 0 {
		missing(t, "an engine of the test's own wants root")
	}
	for _, program := range []string{"dockerd", "containerd", "unshare", "nsenter", "ip"} {
		if _, err := exec.LookPath(program); err != nil {
			missing(t, "no engine of the test's own: %v: sudo apt-get install docker.io iproute2 util-linux", err)
		}
	}
	dir, err := os.MkdirTemp("", "fn-engine") // short: paths of sockets are limited
	if err != nil {
		t.Fatalf("private engine: %v", err)
	}
	p := &PrivateEngine{t: t, dir: dir, Host: "unix://" + filepath.Join(dir, "docker.sock"), Data: filepath.Join(dir, "data")}
	t.Cleanup(p.remove)
	if err := os.Mkdir(p.Data, 0o700); err != nil {
		t.Fatalf("private engine: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "daemon.json"), []byte("{}\n"), 0o600); err != nil {
		t.Fatalf("private engine: %v", err)
	}
	if p.space, err = newSpace(p.Data, disk); err != nil {
		t.Fatalf("private engine: %v", err)
	}
	p.Start()
	return p
}

// cgroup is the parent of all groups of the engine's containers.
func (p *PrivateEngine) cgroup() string { return filepath.Base(p.dir) }

// Start starts the engine and returns when it answers. Its containers of before
// are known to it again.
func (p *PrivateEngine) Start() {
	p.t.Helper()
	if err := p.start(); err != nil {
		p.t.Fatalf("start the private engine: %v", err)
	}
}

func (p *PrivateEngine) start() error {
	var err error
	p.daemon, err = p.space.run(filepath.Join(p.dir, "log"), "dockerd",
		"--host", p.Host, "--config-file", filepath.Join(p.dir, "daemon.json"),
		"--data-root", p.Data, "--exec-root", filepath.Join(p.dir, "exec"), "--pidfile", filepath.Join(p.dir, "pid"),
		"--cgroup-parent", "/"+p.cgroup(), "--exec-opt", "native.cgroupdriver=cgroupfs", "--shutdown-timeout", "5")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), engineLimit)
	defer cancel()
	for {
		if err = p.answers(ctx); err == nil {
			return nil
		}
		select {
		case <-p.daemon.ended:
			return fmt.Errorf("it ended: %w\n%s", err, p.log())
		case <-ctx.Done():
			return fmt.Errorf("%w\n%s", err, p.log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (p *PrivateEngine) answers(ctx context.Context) error {
	if p.Client != nil {
		_, err := p.Client.Ping(ctx)
		return err
	}
	env := func(name string) string { return map[string]string{"DOCKER_HOST": p.Host}[name] }
	e, err := engine.Open(ctx, env, p.dir)
	if err == nil {
		p.Client = e
	}
	return err
}

// Stop stops the engine as an administrator does, with its containers.
func (p *PrivateEngine) Stop() {
	p.t.Helper()
	p.end(syscall.SIGTERM)
}

// Kill ends the engine at once. Its containers live on until it starts again.
func (p *PrivateEngine) Kill() {
	p.t.Helper()
	p.end(syscall.SIGKILL)
}

func (p *PrivateEngine) end(s syscall.Signal) {
	p.t.Helper()
	p.signal(s)
	select {
	case <-p.daemon.ended:
	case <-time.After(engineLimit):
		p.t.Fatalf("the private engine did not end for %v\n%s", s, p.log())
	}
}

// Pause makes the engine hang until Resume: it takes connections and does not
// answer.
func (p *PrivateEngine) Pause() {
	p.t.Helper()
	p.signal(syscall.SIGSTOP)
}

// Resume ends what Pause began.
func (p *PrivateEngine) Resume() {
	p.t.Helper()
	p.signal(syscall.SIGCONT)
}

func (p *PrivateEngine) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.daemon.signal(s); err != nil {
		p.t.Fatalf("%v to the private engine: %v", s, err)
	}
}

// log is the end of what the engine said.
func (p *PrivateEngine) log() []byte {
	text, _ := os.ReadFile(filepath.Join(p.dir, "log"))
	return text[max(0, len(text)-4000):]
}

func (p *PrivateEngine) remove() {
	if p.t.Failed() {
		p.t.Logf("the private engine's log:\n%s", p.log())
	}
	if p.Client != nil {
		p.Client.Close()
	}
	if p.space != nil {
		p.space.close()
	}
	if err := removeGroups(p.cgroup()); err != nil {
		p.t.Errorf("private engine: %v", err)
	}
	if err := os.RemoveAll(p.dir); err != nil {
		p.t.Errorf("private engine: %v", err)
	}
}

// filler is the file that takes what room a small engine has left.
func (p *PrivateEngine) filler() string {
	return filepath.Join(fmt.Sprintf("/proc/%d/root", p.space.first), p.Data, "filler")
}

// Fill leaves no room on the disk of a small engine.
func (p *PrivateEngine) Fill() {
	p.t.Helper()
	file, err := os.Create(p.filler())
	if err != nil {
		p.t.Fatalf("fill the private engine: %v", err)
	}
	defer file.Close()
	for piece := make([]byte, 1<<20); len(piece) > 0; {
		if _, err := file.Write(piece); err != nil {
			piece = piece[:len(piece)/2]
		}
	}
}

// Empty takes back what Fill took.
func (p *PrivateEngine) Empty() {
	p.t.Helper()
	if err := os.Remove(p.filler()); err != nil {
		p.t.Fatalf("empty the private engine: %v", err)
	}
}
