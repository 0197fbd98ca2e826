//go:build unix

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/worker"
)

// provided is code whose bootstrap is this test binary as a function, and the
// injection that makes it one.
func provided(name string) (worker.Injection, files) {
	self, _ := os.Executable()
	in := worker.Injection{Env: map[string]string{beFunction: name, "GORACE": "atexit_sleep_ms=0"}}
	return in, files{"bootstrap!": "#!/bin/sh\nexec '" + self + "'\n"}
}

func runProvided(t *testing.T, name, event string) *outcome {
	t.Helper()
	in, code := provided(name)
	return run(t, "provided", in, code, worker.Call{ID: "the-id", TimeoutMillis: 20_000}, event)
}

// What a function gets and answers passes byte for byte.
func TestProvidedEcho(t *testing.T) {
	for name, event := range map[string]string{
		"nothing": "", "object": `{"a": 2.50, "n": 12345678901234567890, "i": Infinity}`, "bytes": "\x00\xff\r\n\n",
		"a piece": strings.Repeat("p", worker.ChunkBytes), "pieces": strings.Repeat("0123456789", 300_000),
		"the most": strings.Repeat("m", worker.MaxEventBytes),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := runProvided(t, "echo", event)
			o.returns(t, event)
			if log := o.stdout.String(); log != "loaded\nafter the answer\n" {
				t.Errorf("log %q", log)
			}
			if o.ack.Handler != "bootstrap" {
				t.Errorf("handler %q", o.ack.Handler)
			}
		})
	}
}

func TestProvidedHeaders(t *testing.T) {
	t.Parallel()
	before := time.Now()
	o := runProvided(t, "headers", "{}")
	words := strings.Fields(o.out.String())
	if len(words) != 6 || words[0] != "the-id" || words[2] != "arn:fn:local:::function:f:1" || words[4]+words[5] != "[][]" ||
		!regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$`).MatchString(words[3]) {
		t.Fatalf("%q", words)
	}
	millis, err := strconv.ParseInt(words[1], 10, 64)
	if left := time.UnixMilli(millis).Sub(before); err != nil || left < 19*time.Second || left > 30*time.Second {
		t.Errorf("deadline in %v, %v", left, err)
	}
}

func TestProvidedEnvironment(t *testing.T) {
	t.Parallel()
	in, code := provided("environment")
	in.Env = map[string]string{"MINE": "1", "ALSO": ""}
	in.MemoryBytes = 128 << 20
	code["bootstrap!"] = "#!/bin/sh\n" + beFunction + "=environment " + strings.TrimPrefix(code["bootstrap!"], "#!/bin/sh\n")
	o := run(t, "provided", in, code, worker.Call{ID: "the-id"}, "{}")
	env := map[string]any{}
	for line := range strings.Lines(o.out.String()) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[name] = value
	}
	checkEnvironment(t, o.ack, env)
	if env["PWD"] != env["LAMBDA_TASK_ROOT"] || env["LAMBDA_RUNTIME_DIR"] != env["LAMBDA_TASK_ROOT"] {
		t.Errorf("environment %v", env)
	}
}

func TestProvidedFailures(t *testing.T) {
	for _, c := range []struct {
		name, text, log string
		kind            worker.Kind
		function        worker.FunctionError
	}{
		{"exits early", "the code failed to load: exit status 3", "no configuration\n", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "exit status 3", ErrorType: "Runtime.ExitError", ExitStatus: 3}},
		{"ends early", "the code failed to load: it ended before it asked for an event", "", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "exit status 0", ErrorType: "Runtime.ExitError"}},
		{"init error", "the code failed to load: Setup.Failed: no table", "", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "no table", ErrorType: "Setup.Failed", StackTrace: []string{"a", "b"}}},
		{"error", "Own.Error: on purpose", "loaded\n", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "on purpose", ErrorType: "Own.Error", StackTrace: []string{"m/main.go:7 main", "as text"}}},
		{"text error", "not JSON", "loaded\n", worker.FunctionFailed, worker.FunctionError{ErrorMessage: "not JSON"}},
		{"exit", "exit status 4", "loaded\ngiving up\n", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "exit status 4", ErrorType: "Runtime.ExitError", ExitStatus: 4}},
		{"signal", "killed by signal: killed", "", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "killed by signal: killed", ErrorType: "Runtime.ExitError"}},
		{"no answer", "the function ended its process without a result", "loaded\n", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "exit status 0", ErrorType: "Runtime.ExitError"}},
		{"skips the answer", "the function asked for another event before it answered this one", "loaded\n403 <nil>\n", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "the function asked for another event before it answered this one", ErrorType: "Runtime.InvalidStateTransition"}},
		{"streams an error", "Late.Error: halfway", "loaded\nstreaming\n", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "halfway", ErrorType: "Late.Error"}},
		{"breaks off", "exit status 5", "loaded\nstreaming\n", worker.FunctionFailed,
			worker.FunctionError{ErrorMessage: "exit status 5", ErrorType: "Runtime.ExitError", ExitStatus: 5}},
		{"large", "the result is larger than 16 MiB", "", worker.ResourceExhausted, worker.FunctionError{}},
		{"large in pieces", "the result is larger than 16 MiB", "", worker.ResourceExhausted, worker.FunctionError{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := runProvided(t, c.name, "{}")
			f := o.fails(t, c.kind, c.text)
			if f.Message != c.text {
				t.Errorf("message %q", f.Message)
			}
			if c.log != "" && o.log.String() != c.log && !(c.name == "exit" && o.stdout.String() == "loaded\n") {
				t.Errorf("log %q", o.log.String())
			}
			if f.Function == nil {
				f.Function = &worker.FunctionError{}
			}
			if strings.Join(f.Function.StackTrace, "|") != strings.Join(c.function.StackTrace, "|") ||
				f.Function.ErrorMessage != c.function.ErrorMessage || f.Function.ErrorType != c.function.ErrorType ||
				f.Function.ExitStatus != c.function.ExitStatus {
				t.Errorf("%+v", *f.Function)
			}
		})
	}
}

func TestProvidedEventTooLarge(t *testing.T) {
	t.Parallel()
	runProvided(t, "echo", strings.Repeat("x", worker.MaxEventBytes+1)).fails(t, worker.ResourceExhausted, "the event is larger than 16 MiB")
}

// Requests that are not the call's are refused and change nothing.
func TestProvidedRefuses(t *testing.T) {
	t.Parallel()
	o := runProvided(t, "answers twice", "{}")
	o.returns(t, "first")
	// Once it has answered it may be ended before it says more.
	if log := o.stdout.String(); !strings.HasPrefix("loaded\n403\n202\n403\n403\n", log) || !strings.HasPrefix(log, "loaded\n403\n") {
		t.Errorf("log %q", log)
	}
	o = runProvided(t, "wrong address", "{}")
	o.returns(t, "mine")
	if log := o.stdout.String(); log != "loaded\n404\n404\n" {
		t.Errorf("log %q", log)
	}
}

func TestProvidedStreams(t *testing.T) {
	t.Parallel()
	runProvided(t, "streams", "{}").returns(t, "one two")
}

func TestProvidedTimesOut(t *testing.T) {
	t.Parallel()
	in, code := provided("hangs")
	run(t, "provided", in, code, worker.Call{ID: "x", TimeoutMillis: 300}, "{}").fails(t, worker.FunctionFailed, "asked for another event")
	in, code = worker.Injection{TimeoutMillis: 300}, files{"bootstrap!": "#!/bin/sh\nsleep 100\n"}
	run(t, "provided", in, code, worker.Call{ID: "x"}, "{}").fails(t, worker.Timeout, "loading the function took longer than 300ms")
}

// With a network of its own the address is a plain HOST:PORT.
func TestProvidedOwnNetwork(t *testing.T) {
	t.Parallel()
	p, o := start(t, "provided", "-own-network"), &outcome{}
	in, code := provided("environment")
	if _, err := p.inject(t, in, code, o); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Call(within(t), worker.Call{ID: "x"}, strings.NewReader(""), o); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^AWS_LAMBDA_RUNTIME_API=127\.0\.0\.1:\d+$`).MatchString(o.out.String()) {
		t.Errorf("environment %s", o.out.String())
	}
}

// What is started, by what.
func TestProvidedBootstraps(t *testing.T) {
	in, code := provided("echo")
	script := code["bootstrap!"]
	bash := `
set -euo pipefail
. "./$(echo "$_HANDLER" | cut -d. -f1).sh"
false | true || echo pipefail
[[ a == a ]] && "$(echo "$_HANDLER" | cut -d. -f2)"
`
	body := strings.TrimPrefix(script, "#!/bin/sh\n")
	for _, c := range []struct {
		name, handler, log string
		code               files
		bash               bool
	}{
		{"script", "", "", files{"bootstrap!": script}, false},
		{"not marked", "", "", files{"bootstrap": script}, false},
		{"no first line", "", "", files{"bootstrap!": body}, false},
		{"other file", "main", "", files{"main!": script, "bootstrap!": "exit 1"}, false},
		{"only candidate", "", "", files{"main!": script, "data": ""}, false},
		{"handler of its own", "function.handler", "function.handler\n", files{"bootstrap!": "#!/bin/sh\necho $_HANDLER\n" + body}, false},
		{"sh that is bash", "function.handler", "pipefail\nsourced\n", files{
			"bootstrap!": "#!/bin/sh\n" + bash, "function.sh": "handler() {\necho sourced\n" + body + "}\n",
		}, true},
		{"sh that is bash, with an option", "function.handler", "pipefail\nsourced\n", files{
			"bootstrap": "#!/bin/sh -e\n" + bash, "function.sh": "handler() {\necho sourced\n" + body + "}\n",
		}, true},
		{"bash", "function.handler", "pipefail\nsourced\n", files{
			"bootstrap!": "#!/usr/bin/env bash\n" + bash, "function.sh": "handler() {\necho sourced\n" + body + "}\n",
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath("bash"); c.bash && err != nil {
				t.Skip("there is no bash on this machine")
			}
			in := in
			in.Handler = c.handler
			o := run(t, "provided", in, c.code, worker.Call{ID: "x"}, "event")
			o.returns(t, "event")
			if log := o.stdout.String(); log != c.log+"loaded\nafter the answer\n" {
				t.Errorf("log %q", log)
			}
		})
	}
	for _, c := range []struct{ name, handler, text string }{
		{"bootstrap", "", `handler "bootstrap": there is neither a file of this name in the code nor one called bootstrap`},
		{"x", "main", `handler "main": there is neither`},
	} {
		run(t, "provided", worker.Injection{Handler: c.handler}, files{"a": "", "b": ""}, worker.Call{}, "").fails(t, worker.Invalid, c.text)
	}
	run(t, "provided", worker.Injection{}, files{"bootstrap!": "#!/bin/sh\r\nexit\r\n"}, worker.Call{}, "").
		fails(t, worker.Invalid, "carriage return")
	run(t, "provided", worker.Injection{}, files{"bootstrap!": "\x7fELF\x00 of another machine"}, worker.Call{}, "").
		fails(t, worker.Invalid, "exec format error")
}

func TestProvidedNeedsItsProgram(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-language", "provided", "-dir", t.TempDir())
	cmd.Env = append(os.Environ(), beWorker+"=exec")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "needs the program fn-worker-provided") {
		t.Errorf("%v: %s", err, out)
	}
}
