//go:build linux

package faults

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// commandLimit bounds every command: longer means that it hangs.
const commandLimit = time.Minute

// outcome is how a command ended.
type outcome struct {
	h              *home
	args           []string
	code           int // -1: by a signal
	stdout, stderr string
}

// fn runs fn to its end.
func (h *home) fn(args ...string) outcome {
	h.Helper()
	return h.start(args...).wait()
}

// ok runs fn, which must succeed, and returns its standard output.
func (h *home) ok(args ...string) string {
	h.Helper()
	return h.fn(args...).want(0).stdout
}

// get runs fn with --json, which must succeed, and decodes what it prints.
func get[T any](h *home, args ...string) (facts T) {
	h.Helper()
	out := h.ok(append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &facts); err != nil {
		h.Fatalf("fn %v: %v in %s", args, err, out)
	}
	return facts
}

// want checks the exit code, and that standard error has each of the parts, in
// whatever case.
func (o outcome) want(code int, parts ...string) outcome {
	o.h.Helper()
	if o.code != code {
		o.h.Fatalf("fn %s: exit %d, want %d\nstdout: %s\nstderr: %s", strings.Join(o.args, " "), o.code, code, o.stdout, o.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(strings.ToLower(o.stderr), strings.ToLower(part)) {
			o.h.Errorf("fn %s: standard error lacks %q:\n%s", strings.Join(o.args, " "), part, o.stderr)
		}
	}
	return o
}

// running is a command under way.
type running struct {
	h              *home
	cmd            *exec.Cmd
	stdout, stderr output
	ended          chan struct{}
	killed         func() bool
}

// start starts fn.
func (h *home) start(args ...string) *running {
	h.Helper()
	r := &running{h: h, cmd: h.command(filepath.Join(h.bin, "fn"), args...), ended: make(chan struct{})}
	r.cmd.Stdout, r.cmd.Stderr = &r.stdout, &r.stderr
	must(h, r.cmd.Start())
	kill := time.AfterFunc(commandLimit, func() { r.cmd.Process.Kill() })
	r.cmd.WaitDelay = commandLimit + time.Second
	go func() {
		defer close(r.ended)
		r.cmd.Wait() // the state says how
		kill.Stop()
	}()
	return r
}

// wait returns how the command ended.
func (r *running) wait() outcome {
	r.h.Helper()
	<-r.ended
	return outcome{r.h, r.cmd.Args[1:], r.cmd.ProcessState.ExitCode(), r.stdout.String(), r.stderr.String()}
}

// says waits until standard error has the text.
func (r *running) says(text string) {
	r.h.Helper()
	r.h.eventually(30*time.Second, "fn says "+text, func() (string, bool) {
		seen := r.stderr.String()
		return seen, strings.Contains(seen, text)
	})
}

// output collects what a command prints, as it does.
type output struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}
