//go:build unix

package host

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/client"
	"github.com/fnhost/fn/sdk/fault"
)

// serve lets the host listen; what it returns at its end arrives on the channel.
func (l *lab) serve() (*client.Client, <-chan error) {
	l.Helper()
	listener, err := net.Listen("unix", l.dirs.Socket())
	must(l, err, "")
	ctx, cancel := context.WithCancel(context.Background())
	done, ended := make(chan error, 1), make(chan struct{})
	h := l.host
	go func() {
		defer close(ended)
		done <- h.Serve(ctx, listener)
	}()
	l.Cleanup(func() { cancel(); <-ended })
	return client.New(client.Options{Dirs: l.dirs, Build: "test", Env: l.env, Dir: l.dir, HostBinary: filepath.Join(l.bin, "none")}), done
}

func (l *lab) callList(name string) []api.CallRecord {
	l.Helper()
	list, err := l.host.ListCalls(context.Background(), l.caller(), api.CallsRequest{Name: name, Last: 1000}, discard{})
	must(l, err, "")
	return list.Calls
}

// What a function did can be read when it is gone; of one that never was there
// is nothing to read.
func TestCallsOfADeletedFunction(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	l.function("f")
	if calls := l.callList("f"); len(calls) != 0 {
		t.Errorf("before any: %+v", calls)
	}
	l.ok(l.run("f", ""), "only")
	_, err := l.host.DeleteFunction(context.Background(), l.caller(), api.FunctionRef{Name: "f"}, discard{})
	must(t, err, "")
	if calls := l.callList("f"); len(calls) != 1 || calls[0].Function != "f" {
		t.Errorf("%+v", calls)
	}
	_, err = l.host.ListCalls(context.Background(), l.caller(), api.CallsRequest{Name: "g"}, discard{})
	must(t, err, fault.NotFound, `no function "g"`)
}

// A call over the socket, with all that belongs to it; its record is there for
// whoever asks next.
func TestCallsAreRecorded(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	c, _ := l.serve()
	l.function("f")
	l.function("raises")
	for i := range 50 {
		out := &output{}
		end, err := c.Run(context.Background(), api.RunRequest{Name: "f"}, strings.NewReader("the event"), out)
		must(t, err, "")
		if end.Error != nil || out.result != "the event" || out.print != "a log line\n" {
			t.Fatalf("%+v, %q, %q", end, out.result, out.print)
		}
		list, err := client.Do(context.Background(), c, api.ListCalls, api.CallsRequest{Last: 1}, nil)
		must(t, err, "")
		if len(list.Calls) != 1 || list.Calls[0].ID != end.ID {
			t.Fatalf("call %d is not the last one: %+v", i, list)
		}
		if r := list.Calls[0]; r.Start != "warm" || r.Phases.Call != 5 || r.Phases.Total < 0.001 || r.Component != "only" || r.Version != 1 || r.Outcome != api.OutcomeOK {
			t.Errorf("%+v", r)
		}
	}
	l.failed(l.run("raises", ""), fault.FunctionFailed, "boom")
	p.tell("down", "no engine")
	l.check()
	l.failed(l.run("raises", ""), fault.Unavailable)
	l.failed(l.run("nobody", ""), fault.NotFound)
	records := l.callList("raises")
	if len(records) != 2 || records[0].Outcome != "Unavailable" || records[0].Component != "" || records[1].Outcome != "FunctionFailed" || records[1].Message != "boom" {
		t.Errorf("%+v", records)
	}
	if n := len(l.callList("")); n != 52 {
		t.Errorf("%d records", n)
	}
}

// Many at once do not mix, and each is recorded.
func TestCallsAtOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	c, _ := l.serve()
	l.function("f")
	var wait sync.WaitGroup
	for i := range 100 {
		wait.Go(func() {
			out := &output{}
			event := strings.Repeat(strconv.Itoa(i)+",", 1000)
			end, err := c.Run(context.Background(), api.RunRequest{Name: "f"}, strings.NewReader(event), out)
			if err != nil || end.Error != nil || out.result != event {
				t.Errorf("call %d: %v, %+v, %d bytes of %d", i, err, end.Error, len(out.result), len(event))
			}
		})
	}
	wait.Wait()
	if n := len(l.callList("f")); n != 100 {
		t.Errorf("%d records", n)
	}
}

// When the caller goes, the call ends, in the plugin too.
func TestCallerGoes(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	c, _ := l.serve()
	l.function("waits")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		l.eventually("the call", func() bool { return p.count("waiting") == 1 })
		cancel()
	}()
	_, err := c.Run(ctx, api.RunRequest{Name: "waits"}, nil, &output{})
	must(t, err, fault.Canceled)
	l.eventually("the end in the plugin", func() bool { return p.count("canceled") == 1 })
	l.eventually("the record", func() bool { return len(l.callList("waits")) == 1 })
	if r := l.callList("waits")[0]; r.Outcome != "Canceled" {
		t.Errorf("%+v", r)
	}
	status, err := client.Do(context.Background(), c, api.HostStatus, api.None{}, nil)
	must(t, err, "")
	if status.Calls != 0 {
		t.Errorf("%+v", status)
	}
}

// A host that is told to stop takes no new calls and ends after those in
// flight; what it started is gone.
func TestHostStopDrains(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	c, done := l.serve()
	l.function("lingers")
	var end api.RunEnd
	var runErr error
	out := &output{}
	called := make(chan struct{})
	go func() {
		defer close(called)
		end, runErr = c.Run(context.Background(), api.RunRequest{Name: "lingers"}, nil, out)
	}()
	l.eventually("the call", func() bool { return p.count("waiting") == 1 })
	_, err := client.Do(context.Background(), c, api.HostStop, api.HostStopRequest{}, nil)
	must(t, err, "")

	// It still tells how it is, and refuses calls: the client would have to
	// start another host.
	status, err := client.Do(context.Background(), c, api.HostStatus, api.None{}, nil)
	must(t, err, "")
	if !status.Running || status.Calls != 1 {
		t.Errorf("%+v", status)
	}
	short, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err = c.Run(short, api.RunRequest{Name: "lingers"}, nil, &output{})
	must(t, err, fault.Timeout)
	if n := p.count("waiting"); n != 1 {
		t.Errorf("%d calls", n)
	}
	select {
	case err := <-done:
		t.Fatalf("it ended during a call: %v", err)
	default:
	}
	p.tell("go", "")
	<-called
	if runErr != nil || end.Error != nil || out.result != "done" {
		t.Errorf("%v, %+v, %q", runErr, end.Error, out.result)
	}
	must(t, <-done, "")
	l.close()
	l.gone(p)
}

// With "now" the calls in flight end in Canceled.
func TestHostStopNow(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only")
	l.manifest("[only]\n")
	l.open()
	c, done := l.serve()
	l.function("waits")
	ended := make(chan api.RunEnd, 1)
	go func() {
		end, _ := c.Run(context.Background(), api.RunRequest{Name: "waits"}, nil, &output{})
		ended <- end
	}()
	l.eventually("the call", func() bool { return p.count("waiting") == 1 })
	_, err := client.Do(context.Background(), c, api.HostStop, api.HostStopRequest{Now: true}, nil)
	must(t, err, "")
	if end := <-ended; end.Outcome != "Canceled" || end.Error == nil || end.Error.Error() != "the host was stopped" {
		t.Errorf("%+v", end)
	}
	must(t, <-done, "")
	l.close()
	l.gone(p)
}

// gone fails the test when a process of the plugin, or a file of its session,
// is left.
func (l *lab) gone(p *plugin) {
	l.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "calls"))
	must(l, err, "")
	pids := map[int]bool{}
	for line := range strings.Lines(string(text)) {
		word, _, _ := strings.Cut(line, " ")
		pid, err := strconv.Atoi(word)
		must(l, err, "")
		pids[pid] = true
	}
	for pid := range pids {
		if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
			l.Errorf("process %d: %v", pid, err)
		}
	}
	for _, pattern := range []string{filepath.Join(l.dirs.Runtime, "s-*"), filepath.Join(l.dirs.Scratch(), "*")} {
		left, err := filepath.Glob(pattern)
		must(l, err, "")
		if len(left) > 0 {
			l.Errorf("left: %v", left)
		}
	}
}

// A host without calls ends by itself; the setting is taken live.
func TestIdleHostEnds(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only")
	l.manifest("[only]\n")
	must(t, os.WriteFile(l.dirs.ConfigFile(), []byte("[host]\nidle_exit = \"1s\"\n"), 0o600), "")
	l.open()
	c, done := l.serve()
	l.function("lingers")
	called := make(chan error, 1)
	go func() {
		_, err := c.Run(context.Background(), api.RunRequest{Name: "lingers"}, nil, &output{})
		called <- err
	}()
	l.eventually("the call", func() bool { return p.count("waiting") == 1 })
	select {
	case err := <-done:
		t.Fatalf("it ended during a call: %v", err)
	case <-time.After(1500 * time.Millisecond):
	}
	p.tell("go", "")
	must(t, <-called, "")
	must(t, <-done, "")
	l.close()
	l.gone(p)
}

// What a host that was killed left is removed by the next one.
func TestLeftSessionsAreRemoved(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("only")
	l.manifest("[only]\n")
	must(t, l.dirs.Prepare(), "")
	dead := []string{filepath.Join(l.dirs.Runtime, "s-dead"), filepath.Join(l.dirs.Scratch(), "s-dead")}
	for _, dir := range dead {
		must(t, os.MkdirAll(filepath.Join(dir, "deep"), 0o700), "")
	}
	must(t, os.WriteFile(filepath.Join(l.dirs.Runtime, "s-dead.lock"), nil, 0o600), "")
	l.open()
	for _, path := range append(dead, filepath.Join(l.dirs.Runtime, "s-dead.lock")) {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s: %v", path, err)
		}
	}
	// The sockets' directory may have been emptied since: a restart does that.
	left := filepath.Join(l.dirs.Scratch(), "s-left")
	must(t, os.MkdirAll(filepath.Join(left, "deep"), 0o700), "")
	must(t, os.WriteFile(left+".lock", nil, 0o600), "")
	g, err := l.host.CollectGarbage(context.Background(), l.caller(), api.None{}, discard{})
	must(t, err, "")
	const what = "what a killed host left: " // the first gc tells also what the start removed
	if want := []string{what + dead[1], what + left}; !slices.Equal(g.Removed, want) {
		t.Errorf("removed %q", g.Removed)
	}
	for _, path := range []string{left, left + ".lock"} {
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s: %v", path, err)
		}
	}
	// Those of a host that lives stay.
	second, _, err := newSession(l.dirs.Runtime, l.dirs.Scratch())
	must(t, err, "")
	for _, path := range []string{l.host.session.sockets, l.host.session.scratch.path} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	must(t, second.close(), "")
}
