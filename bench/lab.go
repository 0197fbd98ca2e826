package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// lab is what every measurement works with.
type lab struct {
	options
	dir    string // everything that is thrown away
	bin    string // the executables that are measured
	refs   references
	socket string // of the server of F
	home   *home  // with the functions, its host running when a measurement begins
	python string // the interpreter itself; empty: none, and python is not measured
	noop   bool   // there is a minimal executable for this machine
	close  func()
}

// The functions, as `fn create` is given them.
const (
	noopFunction  = "noop"  // exec: the smallest executable there is
	shFunction    = "sh"    // exec: a script that does nothing
	helloFunction = "hello" // python: returns a string
	catFunction   = "cat"   // exec: its stdin to its stdout
)

const helloResult = `"hello"`

func newLab(ctx context.Context, o options) (_ *lab, err error) {
	l := &lab{options: o, close: func() {}}
	if l.bin, err = filepath.Abs(o.bin); err != nil {
		return nil, err
	}
	if l.dir, err = os.MkdirTemp(shortTemp(), "fnb"); err != nil {
		return nil, err
	}
	l.close = func() { os.RemoveAll(l.dir) }
	if err := l.prepare(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// shortTemp is where a socket's path stays under 100 bytes, whatever TMPDIR is.
func shortTemp() string {
	if runtime.GOOS == "windows" {
		return ""
	}
	return "/tmp"
}

func (l *lab) prepare(ctx context.Context) (err error) {
	if l.refs, err = buildReferences(ctx, l.path("ref")); err != nil {
		return err
	}
	l.socket = l.path("echo.sock")
	stopEcho, err := startEcho(l.refs.echo, l.socket)
	if err != nil {
		return err
	}
	l.onClose(stopEcho)
	if err := writeFunctions(l.path("functions")); err != nil {
		return err
	}
	_, err = tinyProgram()
	l.noop = err == nil
	l.python = findPython(ctx)
	l.home, err = newHome(l.dir, l.executable("fn"))
	if err != nil {
		return err
	}
	l.onClose(func() { l.home.stop(context.WithoutCancel(ctx)) })
	return l.create(ctx, l.home)
}

// onClose adds to what is done at the end, the last first.
func (l *lab) onClose(f func()) {
	before := l.close
	l.close = func() { f(); before() }
}

func (l *lab) path(name string) string { return filepath.Join(l.dir, name) }

func (l *lab) executable(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(l.bin, name)
}

// create makes the functions known in a home.
func (l *lab) create(ctx context.Context, h *home) error {
	for _, name := range []string{shFunction, catFunction, noopFunction, helloFunction} {
		args := []string{"create", name, filepath.Join(l.path("functions"), name), "--runtime", "exec", "--timeout", "10m"}
		switch name {
		case noopFunction:
			if !l.noop {
				continue
			}
		case helloFunction:
			if l.python == "" {
				continue
			}
			args[4] = "python"
		}
		if _, err := h.do(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// least is the exec function that does least here.
func (l *lab) least() string {
	if l.noop {
		return noopFunction
	}
	return shFunction
}

// doNothing are the calls of the functions that do nothing.
func (l *lab) doNothing(h *home) []*command {
	var calls []*command
	if l.noop {
		calls = append(calls, h.run(noopFunction, ""))
	}
	calls = append(calls, h.run(shFunction, ""))
	if l.python != "" {
		calls = append(calls, h.run(helloFunction, helloResult))
	}
	return calls
}

// findPython finds the interpreter behind the python3 of PATH, which may be a
// shim that takes longer than python itself. It is the one that fn uses.
func findPython(ctx context.Context) string {
	shim, err := exec.LookPath("python3")
	if err != nil {
		return ""
	}
	out, err := exec.CommandContext(ctx, shim, "-I", "-S", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// describe says on what the figures were taken.
func (l *lab) describe(ctx context.Context) (machine, error) {
	version, err := l.home.do(ctx, "version")
	if err != nil {
		return machine{}, err
	}
	m := machine{
		FN:       strings.TrimSpace(string(version)),
		System:   runtime.GOOS + "/" + runtime.GOARCH,
		Cores:    runtime.NumCPU(),
		Go:       runtime.Version(),
		Python:   "none found: python is not measured",
		Function: "of sh: there is no minimal executable for this system",
	}
	if l.noop {
		program, _ := tinyProgram()
		m.Function = fmt.Sprintf("a static executable of %d bytes", len(program))
	}
	if l.python != "" {
		version, err := exec.CommandContext(ctx, l.python, "--version").Output()
		if err != nil {
			return m, errors.Join(errors.New("ask python for its version"), err)
		}
		m.Python = l.python + ", " + strings.TrimSpace(string(version))
	}
	return m, nil
}

// machine is where the figures come from.
type machine struct {
	FN       string `json:"fn"`
	System   string `json:"system"`
	Cores    int    `json:"cores"`
	Go       string `json:"go"`
	Python   string `json:"python"`
	Function string `json:"noop"`
}
