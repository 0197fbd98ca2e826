//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/runtimeapi"
	"github.com/fnhost/fn/worker/supervise"
)

// beWorker makes the test binary the real program, race detector and all: this
// one or, where it says provided, fn-worker-provided.
const beWorker = "FN_WORKER_TEST_BE_WORKER"

func TestMain(m *testing.M) {
	if name := os.Getenv(beFunction); name != "" {
		function(name)
		return
	}
	switch os.Getenv(beWorker) {
	case "":
	case "provided":
		supervise.Main(runtimeapi.New)
		return
	default:
		main()
		return
	}
	os.Exit(m.Run())
}

// A proc is a started worker and what drives it.
type proc struct {
	*worker.Conn
	stream io.ReadWriter
	cmd    *exec.Cmd
	dir    string
	exited chan struct{}
	pid    int // that its Hello tells

	refused error // why there is no such worker
}

// start runs a worker of the language and waits for its Hello.
func start(t testing.TB, language string, flags ...string) *proc {
	t.Helper()
	p := launch(t, language, flags...)
	hello, err := p.Hello(within(t))
	if err != nil {
		t.Fatalf("hello: %v", err)
	}
	if hello.Language != language || hello.PID != p.pid {
		t.Fatalf("hello: %+v", hello)
	}
	return p
}

func launch(t testing.TB, language string, flags ...string) *proc {
	t.Helper()
	if language == "python" && forked(t) {
		return fork(t, flags)
	}
	return spawn(t, nil, language, flags)
}

// spawn starts the worker program as a process with these attributes.
func spawn(t testing.TB, attributes *syscall.SysProcAttr, language string, flags []string) *proc {
	t.Helper()
	ours, theirs, err := worker.Pair()
	if err != nil {
		t.Fatal(err)
	}
	p := &proc{Conn: worker.NewConn(ours), stream: ours, dir: filepath.Join(t.TempDir(), "w"), exited: make(chan struct{})}
	args := append([]string{"-language", language, "-dir", p.dir}, flags...)
	if language != "exec" && !slices.Contains(flags, "-interpreter") {
		args = append(args, "-interpreter", interpreterOf(t, language))
	}
	p.cmd = exec.Command(os.Args[0], args...)
	// The race detector would hold every exit up for a second.
	p.cmd.Env = append(os.Environ(), beWorker+"="+language, "GORACE=atexit_sleep_ms=0")
	p.cmd.SysProcAttr = attributes
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = theirs, theirs, os.Stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	p.pid = p.cmd.Process.Pid
	go func() { p.cmd.Wait(); close(p.exited) }()
	t.Cleanup(func() {
		p.Close()
		p.waitExit(t)
		if _, err := os.Stat(p.dir); err == nil && p.cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Errorf("%s was left behind", p.dir)
		}
	})
	return p
}

func (p *proc) waitExit(t testing.TB) {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(20 * time.Second):
		if p.cmd != nil {
			p.cmd.Process.Kill()
		}
		t.Fatal("the worker did not exit")
	}
}

// interpreterOf finds the interpreter of a language.
func interpreterOf(t testing.TB, language string) string {
	t.Helper()
	if language == "node" {
		return executable(t, "node", "node")
	}
	return interpreter(t)
}

// interpreter finds a python that is no shim of a version manager.
func interpreter(t testing.TB) string { return executable(t, "python3", "python") }

// executable finds a program that is no shim of a version manager, and is what
// FN_TEST_REQUIRE may require.
func executable(t testing.TB, name, requirement string) string {
	t.Helper()
	for _, dir := range append([]string{"/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"}, filepath.SplitList(os.Getenv("PATH"))...) {
		file := filepath.Join(dir, name)
		head := make([]byte, 2)
		f, err := os.Open(file)
		if err != nil {
			continue
		}
		io.ReadFull(f, head)
		f.Close()
		if string(head) != "#!" {
			return file
		}
	}
	if strings.Contains(os.Getenv("FN_TEST_REQUIRE"), requirement) {
		t.Fatal(name, " is required and not installed")
	}
	t.Skip(name, " is not installed")
	return ""
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// files is code: names to contents; a name that ends in ! is executable, one
// that ends in @ a symbolic link.
type files map[string]string

func (f files) zip(t testing.TB) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for name, text := range f {
		header := &zip.FileHeader{Name: strings.TrimRight(name, "!@"), Method: zip.Deflate}
		mode := os.FileMode(0o644)
		switch {
		case strings.HasSuffix(name, "!"):
			mode = 0o755
		case strings.HasSuffix(name, "@"):
			mode = 0o777 | os.ModeSymlink
		}
		header.SetMode(mode)
		part, err := w.CreateHeader(header)
		if err == nil {
			_, err = io.WriteString(part, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func digest(p []byte) string {
	sum := sha256.Sum256(p)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// inject makes p the function of the code.
func (p *proc) inject(t testing.TB, in worker.Injection, code files, out worker.Output) (worker.Ack, error) {
	t.Helper()
	packed := code.zip(t)
	in.CodeDigest = digest(packed)
	if in.Function == "" {
		in.Function, in.Version = "f", "1"
	}
	return p.Inject(within(t), in, bytes.NewReader(packed), out)
}

// An outcome is all that came of one call.
type outcome struct {
	ack         worker.Ack
	end         worker.End
	out         bytes.Buffer
	stdout, log bytes.Buffer // log is both streams
	first       func()       // called at the first output
}

func (o *outcome) seen() {
	if o.first != nil {
		o.first()
		o.first = nil
	}
}

func (o *outcome) Log(s worker.Stream, p []byte) error {
	if s == worker.Stdout {
		o.stdout.Write(p)
	}
	o.log.Write(p)
	o.seen()
	return nil
}

func (o *outcome) Result(p []byte) error {
	o.out.Write(p)
	o.seen()
	return nil
}

// run starts a worker, makes it the function and calls it. A failure of the
// injection is told as one of the call.
func run(t testing.TB, language string, in worker.Injection, code files, call worker.Call, event string) *outcome {
	t.Helper()
	p, o := start(t, language), &outcome{}
	var err error
	if o.ack, err = p.inject(t, in, code, o); err != nil {
		o.end.Failure = failure(t, err)
		return o
	}
	o.end, err = p.Call(within(t), call, strings.NewReader(event), o)
	if err != nil {
		t.Fatalf("call: %v\n%s", err, o.log.String())
	}
	p.waitExit(t)
	return o
}

func sh(script string) files { return files{"run!": "#!/bin/sh\n" + script} }

func js(source string) files { return files{"index.js": source} }

func py(source string) files { return files{"handler.py": source} }

func failure(t testing.TB, err error) *worker.Failure {
	t.Helper()
	var f *worker.Failure
	if !errors.As(err, &f) {
		t.Fatalf("%v is no Failure", err)
	}
	return f
}

// fails checks kind and a part of the message.
func (o *outcome) fails(t testing.TB, kind worker.Kind, text string) *worker.Failure {
	t.Helper()
	f := o.end.Failure
	if f == nil || f.Kind != kind || !strings.Contains(f.Message, text) {
		t.Fatalf("failure %+v, wanted %s with %q\nlog: %.2000s", f, kind, text, o.log.String())
	}
	return f
}

// returns checks that the function returned this.
func (o *outcome) returns(t testing.TB, want string) {
	t.Helper()
	if o.end.Failure != nil || o.out.String() != want {
		t.Fatalf("result %.200q failure %+v, wanted %.200q\nlog: %.2000s", o.out.String(), o.end.Failure, want, o.log.String())
	}
}

// gone waits until the process is no more, or only waits to be reaped.
func gone(t testing.TB, pid int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if syscall.Kill(pid, 0) == syscall.ESRCH || bytes.Contains(stat, []byte(") Z ")) {
			return
		}
	}
	t.Fatalf("process %d is still there", pid)
}
