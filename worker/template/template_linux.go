package template

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/supervise"
)

//go:embed template.py
var source []byte

// Template is a process that makes workers. It may be used from several
// goroutines at once.
type Template struct {
	cfg     Config
	cmd     *exec.Cmd
	control *net.UnixConn
	said    bytes.Buffer // what the process complained of; valid once it has ended
	ended   chan struct{}

	mu    sync.Mutex
	count int64
	forks map[int64]*Fork
	dead  bool // no fork can be made any more

	retired bool // it is to end when there are none
}

// Start starts a template and returns when it is ready. The error tells what the
// kernel or the interpreter refused; nothing is then left of it.
func Start(ctx context.Context, cfg Config) (*Template, error) {
	cfg.setDefaults()
	t := &Template{cfg: cfg, ended: make(chan struct{}), forks: map[int64]*Fork{}}
	if err := t.start(); err != nil {
		return nil, errors.Join(err, worker.RemoveAll(cfg.Dir))
	}
	stop := context.AfterFunc(ctx, t.kill)
	defer stop()
	err := t.ready()
	if err == nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		t.Close()
		if said := strings.TrimSpace(t.said.String()); said != "" {
			err = fmt.Errorf("%w: %s", err, said)
		}
		return nil, err
	}
	go t.listen()
	return t, nil
}

func (t *Template) start() error {
	if err := t.fill(); err != nil {
		return err
	}
	args, err := t.arguments()
	if err != nil {
		return err
	}
	ours, theirs, err := pair()
	if err != nil {
		return err
	}
	defer theirs.Close()
	t.cmd = exec.Command(t.cfg.Program, args...)
	t.cmd.Dir, t.cmd.Stderr, t.cmd.ExtraFiles = t.cfg.Dir, &t.said, []*os.File{theirs}
	t.cmd.Env = append([]string{"LANG=C.UTF-8", "TMPDIR=" + t.cfg.Dir, "HOME=" + t.cfg.Dir}, t.cfg.Env...)
	t.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	t.cfg.own().Apply(t.cmd.SysProcAttr)
	if err := t.cfg.Start(t.cmd); err != nil {
		ours.Close()
		return err
	}
	t.control = ours
	go func() {
		t.cfg.Wait(t.cmd)
		worker.RemoveAll(t.cfg.Dir)
		close(t.ended)
	}()
	return nil
}

// fill makes the template's directory, and in it what stands for a worker's
// while the plan is made.
func (t *Template) fill() error {
	if err := os.MkdirAll(filepath.Join(t.cfg.place(), "tmp"), 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{"bootstrap.py": supervise.BootstrapPython(), "template.py": source} {
		if err := os.WriteFile(filepath.Join(t.cfg.Dir, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (t *Template) arguments() ([]string, error) {
	own, err := json.Marshal(t.cfg.own())
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(map[string]any{
		"place": realOf(t.cfg.place()), "steps": t.cfg.plan(), "modules": t.cfg.Modules, "preload": t.cfg.Preload,
		"network": t.cfg.Sandbox.Own.Network, "ipc": t.cfg.Sandbox.Own.IPC,
	})
	return []string{
		"-become", "-sandbox", string(own), t.cfg.Interpreter, "-I", "-S", "-B", filepath.Join(t.cfg.Dir, "template.py"), string(config),
	}, err
}

// pair returns the two ends of a control socket, which keeps messages apart.
func pair() (ours *net.UnixConn, theirs *os.File, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	file := os.NewFile(uintptr(fds[0]), "template")
	defer file.Close()
	theirs = os.NewFile(uintptr(fds[1]), "component")
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, nil, errors.Join(err, theirs.Close())
	}
	return conn.(*net.UnixConn), theirs, nil
}

// ready waits for the first message.
func (t *Template) ready() error {
	m, err := t.receive()
	switch {
	case err != nil:
		<-t.ended
		return errors.New("the template ended before it was ready")
	case m.Error != "":
		return fmt.Errorf("preparing: %s", m.Error)
	}
	return nil
}

// Ended is closed when the process has ended. Its forks end with it.
func (t *Template) Ended() <-chan struct{} { return t.ended }

// Dir is the template's directory, below that of the workers.
func (t *Template) Dir() string { return t.cfg.Dir }

// Inside is where every fork sees its own directory.
func (t *Template) Inside() string { return realOf(t.cfg.Scratch) }

// PID is the template's process id.
func (t *Template) PID() int { return t.cmd.Process.Pid }

// Close ends the template and with it every fork there still is, and returns
// when nothing is left of them.
func (t *Template) Close() {
	t.control.Close() // it may be closed already
	t.kill()
	<-t.ended
}

// isDead tells whether no fork can be made any more.
func (t *Template) isDead() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dead
}

func (t *Template) hasEnded() bool {
	select {
	case <-t.ended:
		return true
	default:
		return false
	}
}

// busy tells whether there are forks.
func (t *Template) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.forks) > 0
}

// retire has the template end with the last of its forks.
func (t *Template) retire() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.retired = true
	t.endIfIdle()
}

// endIfIdle, with the lock held, ends a retired template without forks.
func (t *Template) endIfIdle() {
	if t.retired && len(t.forks) == 0 {
		t.dead = true
		go t.Close()
	}
}

func (t *Template) kill() { t.cmd.Process.Kill() }
