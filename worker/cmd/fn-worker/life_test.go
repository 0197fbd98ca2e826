//go:build unix

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

func TestWaitingWorkerEndsWithItsStream(t *testing.T) {
	for _, language := range []string{"exec", "python", "node"} {
		p := start(t, language)
		p.Close()
		p.waitExit(t)
		if !p.cmd.ProcessState.Success() {
			t.Errorf("%s: %v", language, p.cmd.ProcessState)
		}
	}
}

func TestTerminateCleansUp(t *testing.T) {
	for _, language := range []string{"exec", "python", "node"} {
		p := start(t, language)
		p.cmd.Process.Signal(syscall.SIGTERM)
		p.waitExit(t)
		if _, err := p.inject(t, worker.Injection{}, sh("exit"), nil); failure(t, err).Kind != worker.Broken {
			t.Errorf("%s: %v", language, err)
		}
	}
}

func TestDigestMismatchIsRefused(t *testing.T) {
	p := start(t, "exec")
	in := worker.Injection{CodeDigest: digest([]byte("other"))}
	_, err := p.Inject(within(t), in, bytes.NewReader(sh("exit").zip(t)), nil)
	if f := failure(t, err); f.Kind != worker.Broken || !strings.Contains(f.Message, "wanted "+in.CodeDigest) {
		t.Errorf("%+v", f)
	}
	p.waitExit(t)
}

func TestEnvironmentNamesAreRefused(t *testing.T) {
	p := start(t, "exec")
	noise := make([]byte, 4<<20) // more than the stream holds: the refusal comes while code is being sent
	rand.Read(noise)
	code := files{"run": string(noise)}
	_, err := p.inject(t, worker.Injection{Env: map[string]string{"LD_PRELOAD": "/x.so"}}, code, nil)
	if f := failure(t, err); f.Kind != worker.Invalid || !strings.Contains(f.Message, "LD_PRELOAD") {
		t.Errorf("%+v", f)
	}
}

func TestSecondInjectionIsRefused(t *testing.T) {
	p := start(t, "exec")
	if _, err := p.inject(t, worker.Injection{}, sh("exit"), nil); err != nil {
		t.Fatal(err)
	}
	_, err := p.inject(t, worker.Injection{}, sh("exit"), nil)
	if f := failure(t, err); f.Kind != worker.Conflict {
		t.Errorf("%+v", f)
	}
	p.waitExit(t)
}

// TestSecondInjectionDuringTheCall speaks frames itself: Conn would not do it.
func TestSecondInjectionDuringTheCall(t *testing.T) {
	p := start(t, "exec")
	if _, err := p.inject(t, worker.Injection{}, sh("echo $$; exec sleep 100"), nil); err != nil {
		t.Fatal(err)
	}
	out := &pidOutput{t: t}
	out.then = func() { out.frames.Write(frame.Inject, []byte("{}")) }
	out.frames = frame.NewWriter(p.stream)
	end, err := p.Call(within(t), worker.Call{}, strings.NewReader(""), out)
	if err != nil || end.Failure == nil || end.Failure.Kind != worker.Conflict {
		t.Fatalf("%v %+v", err, end.Failure)
	}
	p.waitExit(t)
	gone(t, out.pid)
}

// pidOutput takes process ids as result or log, one line.
type pidOutput struct {
	t      testing.TB
	pid    int
	then   func()
	frames *frame.Writer
}

func (o *pidOutput) Log(_ worker.Stream, p []byte) error { return o.Result(p) }

func (o *pidOutput) Result(p []byte) error {
	pid, err := strconv.Atoi(strings.TrimSpace(string(p)))
	if err != nil {
		o.t.Errorf("output %q", p)
	}
	o.pid = pid
	o.then()
	return nil
}

// Functions that print the id of a process which wants to live on.
var survivors = map[string]struct {
	language string
	code     files
}{
	"exec":     {"exec", sh("echo $$; trap '' TERM HUP; while :; do sleep 100; done")},
	"unread":   {"exec", sh("echo $$; exec sleep 100")},
	"python":   {"python", py("import os, time\ndef handler(e, c):\n print(os.getpid())\n time.sleep(100)\n")},
	"node":     {"node", js("exports.handler = async () => { console.log(process.pid); await new Promise((r) => setTimeout(r, 1e5)) }")},
	"daemon":   {"exec", sh("(setsid sh -c 'echo $$ >&2; exec sleep 100' >/dev/null </dev/null &) ; sleep 100")},
	"pydaemon": {"python", py("import os, time\ndef handler(e, c):\n if os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n   print(os.getpid())\n   time.sleep(100)\n  os._exit(0)\n os.wait()\n time.sleep(100)\n")},
}

func TestNothingSurvives(t *testing.T) {
	for name, c := range survivors {
		for how, end := range map[string]func(*proc, context.CancelFunc){
			"cancel":    func(_ *proc, cancel context.CancelFunc) { cancel() },
			"close":     func(p *proc, _ context.CancelFunc) { p.Close() },
			"terminate": func(p *proc, _ context.CancelFunc) { p.cmd.Process.Signal(syscall.SIGTERM) },
			"kill":      func(p *proc, _ context.CancelFunc) { p.cmd.Process.Kill() },
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				daemon := strings.HasSuffix(name, "daemon")
				if runtime.GOOS != "linux" && (daemon || how == "kill") {
					t.Skip("only Linux ties daemons and the children of a killed parent")
				}
				if daemon && how == "kill" {
					t.Skip("what a function detached outlives SIGKILL of its worker; the component adopts it")
				}
				event := "{}"
				if name == "unread" {
					event = strings.Repeat("e", 1<<20)
				}
				p := start(t, c.language)
				if _, err := p.inject(t, worker.Injection{}, c.code, nil); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(within(t))
				defer cancel()
				out := &pidOutput{t: t, then: func() { end(p, cancel) }}
				_, err := p.Call(ctx, worker.Call{}, strings.NewReader(event), out)
				f := failure(t, err)
				if want := map[bool]worker.Kind{true: worker.Canceled, false: worker.Broken}[how == "cancel"]; f.Kind != want {
					t.Errorf("%+v", f)
				}
				p.waitExit(t)
				gone(t, out.pid)
			})
		}
	}
}

func TestDaemonEndsAfterTheCall(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux hands orphans over")
	}
	p := start(t, "exec")
	code := sh("(setsid sh -c 'echo $$ >&2; exec sleep 100' >/dev/null </dev/null &) ; read ok")
	if _, err := p.inject(t, worker.Injection{}, code, nil); err != nil {
		t.Fatal(err)
	}
	event := newGate("\n")
	out := &pidOutput{t: t, then: event.open}
	end, err := p.Call(within(t), worker.Call{}, event, out)
	if err != nil || end.Failure != nil {
		t.Fatal(err, end.Failure)
	}
	p.waitExit(t)
	gone(t, out.pid)
}

func TestFunctionCannotReachTheStream(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux conceals descriptors")
	}
	if os.Getuid() == 0 {
		t.Skip("root may open every descriptor")
	}
	o := run(t, "exec", worker.Injection{}, sh("ls /proc/$PPID/fd || echo denied"), worker.Call{}, "")
	o.returns(t, "denied\n")
}

func TestDescriptorsOfAnExecFunction(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("descriptors are listed by /proc")
	}
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	leaked, err := syscall.Dup(int(file.Fd())) // without close-on-exec, as from a careless shell
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(leaked)
	o := run(t, "exec", worker.Injection{}, sh("cd /proc/$$/fd; for f in *; do [ -e $f ] && [ $f -lt 10 ] && echo $f; done; true"), worker.Call{}, "")
	o.returns(t, "0\n1\n2\n")
}

func TestErrorOfTheEventEndsTheCall(t *testing.T) {
	p := start(t, "exec")
	if _, err := p.inject(t, worker.Injection{}, sh("cat"), nil); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the caller went away")
	_, err := p.Call(within(t), worker.Call{}, io.MultiReader(strings.NewReader("half"), failing{broken}), nil)
	if f := failure(t, err); !errors.Is(err, broken) || f.Kind != worker.Internal {
		t.Errorf("%+v", f)
	}
	p.waitExit(t)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
