package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
)

// lab is what every measurement works with.
type lab struct {
	options
	dir    string // everything that is thrown away
	bin    string // the executables that are measured
	refs   references
	socket string // of the server of F
	stub   *home  // that server is its host
	home   *home  // with the functions, its host running when a measurement begins
	python interpreter
	node   interpreter
	engine engine

	containers *containers // nil until they are needed

	noop   bool              // there is a minimal executable for this machine
	absent map[string]string // functions that cannot be measured, and why
	close  func()
}

func newLab(ctx context.Context, o options) (_ *lab, err error) {
	l := &lab{options: o, absent: map[string]string{}, close: func() {}}
	if l.bin, err = filepath.Abs(o.bin); err != nil {
		return nil, err
	}
	if l.dir, err = os.MkdirTemp(place(), "fnb"); err != nil {
		return nil, err
	}
	l.close = func() { os.RemoveAll(l.dir) }
	if err := l.prepare(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// place is where users have their files, so that what is measured lies on the same
// disk, and not below /tmp, in whose place every worker sees its own.
func place() string {
	const longest = 40 // for the same reason as shortTemp
	dir, err := os.UserCacheDir()
	if err != nil || len(dir) > longest || os.MkdirAll(dir, 0o700) != nil {
		return shortTemp()
	}
	return dir
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
	l.python, l.node = findPython(ctx), findNode(ctx)
	l.engine = findEngine(ctx, l.executable("fn-plugin-docker"))
	if l.stub, err = l.newHome(); err != nil {
		return err
	}
	if l.socket, err = l.stub.socket(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(l.socket), 0o700); err != nil {
		return err
	}
	stopEcho, err := startEcho(l.refs.echo, l.socket)
	if err != nil {
		return err
	}
	l.onClose(stopEcho)
	if err := l.writeFunctions(); err != nil {
		return err
	}
	if l.home, err = l.newHome(); err != nil {
		return err
	}
	l.onClose(func() { l.home.stop(context.WithoutCancel(ctx)) })
	return l.createAll(ctx)
}

// newHome is one without functions, which find the interpreters that are
// measured.
func (l *lab) newHome() (*home, error) {
	h, err := newHome(l.dir, l.executable("fn"), localOnly)
	if err == nil {
		h.env = before(h.env, l.python, l.node)
	}
	return h, err
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
