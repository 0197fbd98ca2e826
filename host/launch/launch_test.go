//go:build unix

package launch_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fnhost/fn/host/launch"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	s := spec(t, "good")
	p := start(t, s)
	if d, can := p.Description(); d.Name != "good" || can.Pool {
		t.Fatalf("%+v, %+v", d, can)
	}
	if !running(p.PID()) || p.Diagnosis() != nil {
		t.Errorf("running: %v, diagnosis: %v", running(p.PID()), p.Diagnosis())
	}
	began := time.Now()
	p.Stop(t.Context())
	if took := time.Since(began); took > launch.StopGrace {
		t.Errorf("a plugin that ends when asked took %v to stop", took)
	}
	within(t, "Done", p.Done())
	gone(t, p.PID(), 0)
	empty(t, s.SocketDir)
	if err := p.Diagnosis(); err != nil {
		t.Errorf("stopped as asked, yet: %v", err)
	}
	p.Stop(t.Context())
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := spec(t, "good")
	s.Checksums = new(launch.Checksums)
	s.SHA256, _ = s.Checksums.Of(s.Path)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			p, err := launch.Start(t.Context(), s)
			if err != nil {
				t.Error(err)
				return
			}
			if _, _, err := p.Client().Describe(t.Context()); err != nil {
				t.Error(err)
			}
			p.Stop(t.Context())
		})
	}
	wg.Wait()
	empty(t, s.SocketDir)
}

func TestBrokenStarts(t *testing.T) {
	t.Parallel()
	for as, want := range map[string]struct{ message, hint string }{
		"hangs":         {"the plugin gave no handshake within 3s; it printed:\n    pid ", "describe --json"},
		"deaf":          {"the plugin gave no answer after the handshake within 3s", "describe --json"},
		"prints":        {`the plugin printed "hello, world" on its standard output`, "standard error"},
		"silent":        {"is not an fn plugin: it ended without a handshake", "fn plugins remove thing"},
		"closes":        {"is not an fn plugin: it closed its standard output without a handshake", "fn plugins remove thing"},
		"exits":         {"the plugin ended before the handshake (exit status 3); it printed:\n    line 5\n", "describe --json"},
		"panics":        {"the plugin ended before the handshake (panic: no luck", "describe --json"},
		"other version": {"the plugin speaks version 99 of the plugin protocol, this fn speaks 1", "fn plugins lock"},
		"other program": {"is not an fn plugin: it is a plugin of another program", "fn plugins remove thing"},
		"net/rpc":       {"is not an fn plugin: it does not speak gRPC", "fn plugins remove thing"},
		"tcp":           {"the plugin listens on tcp", "fn plugins remove thing"},
		"no component":  {"is not an fn plugin: it serves no component", "fn plugins remove thing"},
		"dies at once":  {"the plugin ended right after the handshake (exit status 3); it printed:\n    oh", "fn host logs"},
	} {
		t.Run(as, func(t *testing.T) {
			t.Parallel()
			s := spec(t, as)
			if strings.Contains(want.message, "within 3s") {
				s.StartTimeout = 3 * time.Second
			}
			p, err := launch.Start(t.Context(), s)
			if err == nil {
				p.Stop(t.Context())
				t.Fatal("it started")
			}
			expect(t, err, want.message, want.hint)
			empty(t, s.SocketDir)
		})
	}
}

func expect(t *testing.T, err error, message, hint string) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) {
		t.Fatalf("no fault: %v", err)
	}
	if e.Kind != fault.Broken || e.Component != "thing" {
		t.Errorf("kind %s of component %q", e.Kind, e.Component)
	}
	if !strings.Contains(e.Message, message) {
		t.Errorf("message %q\nlacks   %q", e.Message, message)
	}
	if !strings.Contains(e.Hint, hint) {
		t.Errorf("hint %q lacks %q", e.Hint, hint)
	}
}

// Not parallel: a file written here would be busy while another test forks.
func TestBrokenFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	wrong := strings.Repeat("0", 64)
	for _, c := range []struct{ name, path, sum, message, hint string }{
		{"missing", filepath.Join(dir, "nothing"), "", "nothing: no such file", "fn plugins remove thing"},
		{"directory", dir, "", "is not a file", "fn plugins remove thing"},
		{"mode", write("mode", "#!/bin/sh\n", 0o644), "", "is not executable", "chmod +x " + dir},
		{"checksum", write("sum", "#!/bin/sh\n", 0o755), wrong, "the lock wants " + wrong, "fn plugins lock"},
		{"format", write("format", "\x00\x01\x02 no program", 0o755), "", "is no program for ", "fn plugins remove thing"},
		{"interpreter", write("script", "#!/nowhere/python\n", 0o755), "", "interpreter or loader", "head -1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := launch.Spec{Component: "thing", Path: c.path, SHA256: c.sum, SocketDir: shortDir(t)}
			_, err := launch.Start(t.Context(), s)
			expect(t, err, c.message, c.hint)
			empty(t, s.SocketDir)
		})
	}
}

func TestContextEndsStart(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := launch.Start(over, spec(t, "good")); fault.KindOf(err) != fault.Canceled {
		t.Errorf("already over: %v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	s := spec(t, "hangs")
	pid := 0
	s.Log = writer(func(line string) {
		pid, _ = strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(line), "pid "))
		cancel()
	})
	if _, err := launch.Start(ctx, s); fault.KindOf(err) != fault.Canceled {
		t.Errorf("canceled: %v", err)
	}
	gone(t, pid, 0)
	empty(t, s.SocketDir)
}

type writer func(line string)

func (w writer) Write(p []byte) (int, error) { w(string(p)); return len(p), nil }

func TestDeathIsExplained(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		call func(context.Context, *launch.Process) error
		want string
	}{
		"panics in Validate": {func(ctx context.Context, p *launch.Process) error {
			_, err := p.Client().Validate(ctx)
			return err
		}, "(panic: validate: out of luck"},
		"killed in Run": {func(ctx context.Context, p *launch.Process) error {
			_, err := p.Client().Run(ctx, sdk.Invocation{}, nil)
			return err
		}, "(signal: killed)"},
		"exits in Stop": {func(ctx context.Context, p *launch.Process) error {
			return p.Client().Stop(ctx, "f")
		}, "(exit status 7); it printed:\n    about to exit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := spec(t, "good")
			p := start(t, s)
			err := c.call(t.Context(), p)
			expect(t, p.Wrap(err), "the plugin ended unasked "+c.want, "fn host logs")
			within(t, "Done", p.Done())
			expect(t, p.Diagnosis(), "the plugin ended unasked "+c.want, "fn host logs")
			p.Stop(t.Context())
			empty(t, s.SocketDir)
		})
	}
}

func TestWrapLeavesOtherErrors(t *testing.T) {
	t.Parallel()
	p := start(t, spec(t, "good"))
	_, own := p.Client().Deploy(t.Context(), sdk.Function{}, nil)
	if fault.KindOf(own) != fault.Broken {
		t.Fatal(own)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, canceled := p.Client().Status(over, "x")
	_ = syscall.Kill(p.PID(), syscall.SIGKILL)
	within(t, "Done", p.Done())
	for _, err := range []error{own, canceled, nil, context.Canceled} {
		if p.Wrap(err) != err {
			t.Errorf("%v became %v", err, p.Wrap(err))
		}
	}
}

func TestGroupEndsWithThePlugin(t *testing.T) {
	t.Parallel()
	for how, end := range map[string]func(*launch.Process){
		"stopped": func(p *launch.Process) { p.Stop(context.Background()) },
		"killed":  func(p *launch.Process) { _ = syscall.Kill(p.PID(), syscall.SIGKILL) },
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			p := start(t, spec(t, "good"))
			pid, _ := strconv.Atoi(ask(t, p, "child"))
			if !running(pid) {
				t.Fatalf("no child %d", pid)
			}
			end(p)
			within(t, "Done", p.Done())
			gone(t, pid, soon)
		})
	}
}

func TestPipesHeldOpen(t *testing.T) {
	t.Parallel()
	p := start(t, spec(t, "good"))
	pid, _ := strconv.Atoi(ask(t, p, "child of its own session"))
	defer syscall.Kill(pid, syscall.SIGKILL)
	_ = syscall.Kill(p.PID(), syscall.SIGKILL)
	within(t, "Done", p.Done())
	if !running(pid) {
		t.Fatal("the child that left the group should hold the pipes open")
	}
	p.Stop(t.Context())
}

func TestStubborn(t *testing.T) {
	t.Parallel()
	s := spec(t, "stubborn")
	p := start(t, s)
	began := time.Now()
	p.Stop(t.Context())
	if took := time.Since(began); took < launch.StopGrace+launch.TermGrace {
		t.Errorf("killed after %v", took)
	}
	gone(t, p.PID(), 0)
	empty(t, s.SocketDir)

	p = start(t, s)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	began = time.Now()
	p.Stop(over)
	if took := time.Since(began); took >= launch.StopGrace {
		t.Errorf("took %v though the context was over", took)
	}
	gone(t, p.PID(), 0)
}

func TestNothingLeaks(t *testing.T) {
	t.Setenv("FN_TEST_SECRET", "of the host")
	var inherited [2]int
	if err := syscall.Pipe(inherited[:]); err != nil { // as if from whoever started the host
		t.Fatal(err)
	}
	defer syscall.Close(inherited[0])
	defer syscall.Close(inherited[1])

	s := spec(t, "good")
	s.Env = append(s.Env, "GIVEN=yes", "PLUGIN_CLIENT_CERT=x")
	p := start(t, s)
	env := strings.Split(ask(t, p, "environment"), "\n")
	slices.Sort(env)
	for _, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case act, "GIVEN", "FN_PLUGIN", "PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_UNIX_SOCKET_DIR":
		default:
			t.Errorf("environment has %q", entry)
		}
	}
	if !slices.Contains(env, "GIVEN=yes") {
		t.Error("environment lacks what was given")
	}
	if dir := ask(t, p, "directory"); dir != "/" {
		t.Errorf("working directory %q", dir)
	}
	if !isLinux() {
		t.Skip("only Linux lists the descriptors of a process by what they are")
	}
	pipe, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", inherited[0]))
	if open := ask(t, p, "descriptors"); !strings.Contains(open, "pipe:") || strings.Contains(open, pipe) {
		t.Errorf("%s among\n%s", pipe, open)
	}
	stdin, _ := os.Readlink("/proc/self/fd/0")
	if theirs, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/0", p.PID())); theirs == stdin || !strings.HasPrefix(theirs, "pipe:") {
		t.Errorf("standard input is %s, the host's is %s", theirs, stdin)
	}
}

func TestKilledHost(t *testing.T) {
	t.Parallel()
	self, _ := os.Executable()
	dir := shortDir(t)
	host := exec.Command(self)
	host.Env = append(os.Environ(), act+"=host", "DIR="+dir)
	host.Stderr = os.Stderr
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	pid, _ := strconv.Atoi(strings.TrimSpace(line))
	if pid == 0 || !running(pid) {
		t.Fatalf("no plugin: %q", line)
	}
	_ = host.Process.Kill()
	gone(t, pid, 2*time.Second)
	_ = host.Wait()

	keep := filepath.Join(dir, "keep")
	if err := os.WriteFile(keep, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := launch.CleanSockets(dir); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(dir + "/*"); !slices.Equal(left, []string{keep}) {
		t.Errorf("left: %v", left)
	}
	if err := launch.CleanSockets(filepath.Join(dir, "none")); err != nil {
		t.Error(err)
	}
}

func TestLongSocketDir(t *testing.T) {
	t.Parallel()
	s := spec(t, "good")
	s.SocketDir = "/tmp/" + strings.Repeat("x", launch.MaxSocketDir)
	if _, err := launch.Start(t.Context(), s); fault.KindOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
	s = spec(t, "good")
	s.SocketDir = filepath.Join(s.SocketDir, strings.Repeat("x", launch.MaxSocketDir-len(s.SocketDir)-1))
	start(t, s)
}

func TestLogGetsWholeLines(t *testing.T) {
	t.Parallel()
	s := spec(t, "exits")
	var log bytes.Buffer
	s.Log = writer(func(line string) {
		if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
			t.Errorf("not a line: %q", line)
		}
		log.WriteString(line)
	})
	_, _ = launch.Start(t.Context(), s)
	if n := strings.Count(log.String(), "\n"); n != 25 {
		t.Errorf("%d lines:\n%s", n, log.String())
	}
}
