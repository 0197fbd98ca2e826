//go:build unix

package main

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
)

func TestExecReturns(t *testing.T) {
	for _, c := range []struct {
		name, handler, want string
		code                files
	}{
		{"cat", "", "event", sh("cat")},
		{"dev stdin", "", "event", sh("cat /dev/stdin")},
		{"arguments", "run a  b", "a-b", sh("printf %s-%s $1 $2")},
		{"not marked", "", "event", files{"run": "#!/bin/sh\ncat"}},
		{"no first line", "", "event", files{"run!": "cat"}},
		{"no first line, not marked", "x.txt", "event", files{"x.txt": "cat"}},
		{"program", "cat", "event", nil},
		{"program with arguments", "tr a-z A-Z", "EVENT", nil},
		{"subdirectory", "bin/it", "event", files{"bin/it!": "#!/bin/sh\ncat"}},
		{"through a link", "", "event", files{"run@": "real", "real!": "#!/bin/sh\ncat"}},
		{"only executable", "", "event", files{"it!": "#!/bin/sh\ncat", "other.sh": ""}},
		{"only script", "run", "event", files{"it.sh": "cat", "notes.txt": ""}},
		{"cwd", "", "here\n", files{"run!": "#!/bin/sh\ncat data", "data": "here\n"}},
		{"binary", "", "\x00\xff", sh(`printf '\000\377'`)},
		{"nothing", "", "", sh("exec >&- 2>&-; exit 0")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			run(t, "exec", worker.Injection{Handler: c.handler}, c.code, worker.Call{}, "event").returns(t, c.want)
		})
	}
}

func TestExecFailures(t *testing.T) {
	for _, c := range []struct {
		name, handler string
		code          files
		kind          worker.Kind
		text          string
		status        int
	}{
		{"exit status", "", sh("exit 3"), worker.FunctionFailed, "exit status 3", 3},
		{"signal", "", sh("kill -SEGV $$"), worker.FunctionFailed, "killed by signal: segmentation fault", 0},
		{"no such handler", "nothing-of-this-name", sh("exit"), worker.Invalid, "no such program in PATH", 0},
		{"two candidates", "", files{"a!": "", "b!": ""}, worker.Invalid, `handler "run"`, 0},
		{"outside", "../run", sh("exit"), worker.Invalid, "there is no file", 0},
		{"interpreter missing", "", files{"run!": "#!/no/such/one -x\n"}, worker.Invalid, `"/no/such/one"`, 0},
		{"interpreter missing, not marked", "", files{"run": "#! /no/such/one"}, worker.Invalid, `"/no/such/one"`, 0},
		{"lines of Windows", "", files{"run!": "#!/bin/sh\r\ncat\r\n"}, worker.Invalid, "carriage return", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := run(t, "exec", worker.Injection{Handler: c.handler}, c.code, worker.Call{}, "{}")
			f := o.fails(t, c.kind, c.text)
			if c.kind == worker.FunctionFailed && f.Function.ExitStatus != c.status {
				t.Errorf("%+v", f.Function)
			}
		})
	}
}

func TestExecEventUnread(t *testing.T) {
	t.Parallel()
	run(t, "exec", worker.Injection{}, sh("echo done"), worker.Call{}, strings.Repeat("e", 1<<20)).returns(t, "done\n")
}

func TestExecResultAndLogStream(t *testing.T) {
	t.Parallel()
	p, o := start(t, "exec"), &outcome{}
	if _, err := p.inject(t, worker.Injection{}, sh("echo log >&2; read line; echo got $line"), o); err != nil {
		t.Fatal(err)
	}
	// The event is written only when the log has arrived: neither waits for an end.
	event := newGate("x\n")
	o.first = event.open
	end, err := p.Call(within(t), worker.Call{}, event, o)
	if err != nil || end.Failure != nil {
		t.Fatal(err, end.Failure)
	}
	o.returns(t, "got x\n")
	if o.log.String() != "log\n" {
		t.Errorf("log %q", o.log.String())
	}
}

func TestExecEnvironment(t *testing.T) {
	t.Parallel()
	in := worker.Injection{Env: map[string]string{"MINE": "1", "ALSO": ""}, MemoryBytes: 128 << 20}
	o := run(t, "exec", in, sh("env"), worker.Call{}, "")
	env := map[string]any{}
	for line := range strings.Lines(o.out.String()) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[name] = value
	}
	checkEnvironment(t, o.ack, env)
}

// checkEnvironment checks what a function with MINE=1, ALSO= and 128 MiB sees.
func checkEnvironment(t *testing.T, ack worker.Ack, env map[string]any) {
	t.Helper()
	for name, want := range map[string]string{
		"MINE": "1", "ALSO": "", "LANG": "C.UTF-8", "_HANDLER": ack.Handler,
		"AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
	} {
		if env[name] != want {
			t.Errorf("%s=%v, wanted %q", name, env[name], want)
		}
	}
	if env["HOME"] != env["TMPDIR"] || env["PATH"] == nil || env["LAMBDA_TASK_ROOT"] == nil {
		t.Errorf("environment %v", env)
	}
	if env[beWorker] != nil || env["USER"] != nil {
		t.Errorf("the worker's own environment is in %v", env)
	}
	if strings.Join(ack.Env, " ") != "ALSO MINE" {
		t.Errorf("acknowledged %q", ack.Env)
	}
}

func TestFunctionCannotGainRights(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has no_new_privs")
	}
	run(t, "exec", worker.Injection{}, sh("grep NoNewPrivs /proc/self/status | tr -dc 0-9"), worker.Call{}, "").returns(t, "1")
	if _, err := os.Stat("/usr/bin/python3"); err == nil {
		source := "def handler(e, c): return [l.split()[1] for l in open('/proc/self/status') if l.startswith('NoNewPrivs')]"
		run(t, "python", worker.Injection{}, py(source), worker.Call{}, "{}").returns(t, `["1"]`)
	}
}
