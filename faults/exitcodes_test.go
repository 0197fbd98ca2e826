//go:build linux

package faults

import (
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asleep waits until nothing of the functions above runs any more.
func (h *home) asleep() {
	h.Helper()
	h.eventually(2*time.Second, "the functions are gone", func() (string, bool) {
		left := h.named("sleep")
		return strings.Join(names(left), "\n"), len(left) == 0
	})
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	h.have("fail", "exec", "#!/bin/sh\nexit 9\n")
	h.have("raise", "python", "def handler(event, context):\n    raise ValueError('no')\n")
	h.have("stopped", "exec", echo)
	h.ok("deploy", "stopped")
	h.ok("stop", "stopped")
	h.have("endless-python", "python", endlessPython, `timeout = "500ms"`)
	for _, c := range []struct {
		code int
		args string
		said string
	}{
		{0, "run echo 1", ""},
		{1, "run fail", "9"},
		{1, "run raise", "ValueError"},
		{2, "run", "NAME"},
		{2, "run echo 1 2", ""},
		{2, "run raise {", "JSON"},
		{2, "rnu echo", "run"},
		{2, "run echo --timeout soon", "soon"},
		{3, "run nosuch", "nosuch"},
		{3, "run echo --on nosuch", "nosuch"},
		{3, "rollback echo 7", "7"},
		{6, "run stopped", "stopped"},
		{6, "create echo work/echo", "echo"},
		{124, "run endless --timeout 300ms", "300ms"},
		{124, "run endless-python", "500ms"},
	} {
		args := strings.Fields(strings.ReplaceAll(c.args, "work/", filepath.Join(h.root, "work")+"/"))
		end := h.fn(args...).want(c.code, c.said)
		if c.code != 0 && (!strings.HasPrefix(end.stderr, "fn: ") && !strings.Contains(end.stderr, "\nfn: ")) {
			t.Errorf("fn %s does not say what is wrong: %s", c.args, end.stderr)
		}
		if c.code != 0 && end.stdout != "" {
			t.Errorf("fn %s fails and prints %q", c.args, end.stdout)
		}
	}
	h.asleep()
	h.tooLarge("exec", "#!/bin/sh\nhead -c 400000000 /dev/zero | tail -c 390000000 | wc -c\n")
	h.tooLarge("python", "def handler(event, context):\n    return len(bytearray(400 << 20))\n")
}

// Where a component is not ready (4) or broken (5), fn says what it misses.
func TestExitCodesOfComponents(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.bin = filepath.Join(h.root, "bin") // without the worker
	must(t, os.Mkdir(h.bin, 0o755))
	copies(h, h.bin, command, host, plugin)
	h.have("echo", "exec", echo)
	h.fn("run", "echo", "1").want(4, "fn-worker is missing", "hint: ")
	h.fn("components", "check", "local").want(4)
	h.fn("run", "echo", "1", "--on", "local").want(4, "fn-worker is missing", "hint: ")
	copies(h, h.bin, worker)
	h.works() // at once: that it was not ready is not believed for ever

	h.write(h.path("config", "plugins.toml"), "[bad]\nplugin = \"/bin/false\"\n[local]\n", 0o644)
	h.fn("run", "echo", "1", "--on", "bad").want(5, "bad: ", "hint: ")
	h.fn("components", "check", "bad").want(5)
	h.works() // the others do
}

// An interrupted call is ended, whatever it is written in.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP) // what nohup has this process ignore, those that it starts would
	defer signal.Stop(hangups)
	h := survivor(t)
	served := h.one(host)
	for number, code := range map[syscall.Signal]int{
		syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129, syscall.SIGQUIT: 131,
	} {
		for _, function := range []string{"endless", "snake"} {
			call := h.call(function)
			theirs := h.inCall(function)
			must(t, call.cmd.Process.Signal(number))
			call.wait().want(code, "fn: ")
			h.gone(theirs)
			h.record(function, "Canceled")
		}
	}
	if now := h.one(host); now != served {
		t.Errorf("the host was %v and is %v", served, now)
	}
	h.works()
}
