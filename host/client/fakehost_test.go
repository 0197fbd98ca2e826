package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/api/serve"
	"github.com/fnhost/fn/host/client"
	"github.com/fnhost/fn/host/dirs"
	"github.com/fnhost/fn/host/lockfile"
	"github.com/fnhost/fn/sdk/fault"
)

// The test binary is fn-host too: real processes, locks and sockets, without
// what a real host has behind them.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(fakeHost(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// The fake's ways, chosen by FN_FAKE.
const (
	fakeCrash  = "crash"  // ends before it is ready
	fakeFail   = "fail"   // reports an error instead of being ready
	fakeGone   = "gone"   // is ready and gone
	fakeStrung = "strung" // is never ready
)

func fakeHost(args []string) int {
	flags := flag.NewFlagSet("serve", flag.ExitOnError)
	readyFD := flags.Int("ready-fd", 0, "")
	private := flags.Bool("private", false, "")
	socket := flags.String("socket", "", "")
	flags.String("manifest", "", "")
	flags.Parse(args)
	ready := os.NewFile(uintptr(*readyFD), "ready")
	switch os.Getenv("FN_FAKE") {
	case fakeCrash:
		fmt.Fprintln(os.Stderr, "no such luck")
		return 9
	case fakeFail:
		json.NewEncoder(ready).Encode(fault.New(fault.Invalid, "config.toml:3: unknown key").WithHint("edit it"))
		return 2
	case fakeStrung:
		select {}
	}
	d, err := dirs.Find(os.Getenv)
	if err != nil {
		panic(err)
	}
	if *socket == "" {
		*socket = d.Socket()
	}
	if !*private {
		lock, err := lockfile.TryLock(d.LockFile())
		if err != nil {
			json.NewEncoder(ready).Encode(fault.New(fault.Conflict, "another host"))
			return 6
		}
		defer lock.Unlock()
	}
	starts, _ := os.OpenFile(filepath.Join(d.Data, "starts"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	fmt.Fprintln(starts, os.Getpid())
	starts.Close()
	os.Remove(*socket)
	listener, err := net.Listen("unix", *socket)
	if err != nil {
		panic(err)
	}
	io.WriteString(ready, "ready\n")
	ready.Close()
	if os.Getenv("FN_FAKE") == fakeGone {
		return 0
	}
	build := os.Getenv("FN_FAKE_BUILD")
	if build == "" {
		build = "b1"
	}
	f := newFake(build)
	if *private {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			f.end()
		}()
	}
	f.serve(listener)
	return 0
}

// fake is the least that a host must be.
type fake struct {
	build    string
	requests atomic.Int64
	ending   chan struct{}
	closed   atomic.Bool
	run      serve.RunFunc
}

func newFake(build string) *fake {
	return &fake{build: build, ending: make(chan struct{}), run: echo}
}

func (f *fake) end() {
	if !f.closed.Swap(true) {
		close(f.ending)
	}
}

// dieMethod makes the host die while it works for the caller.
var dieMethod = api.Method[api.None, api.None]{Name: "die"}

// envMethod tells what environment the host runs in.
var envMethod = api.Method[api.None, []string]{Name: "env"}

func (f *fake) handler() http.Handler {
	mux := http.NewServeMux()
	o := &serve.Options{Build: f.build, Enter: func(string) (func(), bool) {
		f.requests.Add(1)
		return func() { f.requests.Add(-1) }, !f.closed.Load()
	}, Ending: f.ending}
	serve.HandleRun(mux, o, func(ctx context.Context, from api.Caller, req api.RunRequest, event io.Reader, out serve.RunOutput) api.RunEnd {
		return f.run(ctx, from, req, event, out)
	})
	serve.Handle(mux, o, api.HostStatus, func(context.Context, api.Caller, api.None, api.Reporter) (api.HostState, error) {
		state := api.HostState{Running: true, PID: os.Getpid(), Build: f.build}
		if f.closed.Load() {
			state.Version = "ending"
		}
		return state, nil
	})
	serve.Handle(mux, o, api.HostStop, func(context.Context, api.Caller, api.HostStopRequest, api.Reporter) (api.None, error) {
		f.end()
		return api.None{}, nil
	})
	serve.Handle(mux, o, api.ListComponents, func(context.Context, api.Caller, api.None, api.Reporter) (api.ComponentList, error) {
		return api.ComponentList{Components: []api.Component{{Name: fmt.Sprint(os.Getpid()), Version: f.build}}}, nil
	})
	serve.Handle(mux, o, dieMethod, func(context.Context, api.Caller, api.None, api.Reporter) (api.None, error) {
		os.Exit(3)
		return api.None{}, nil
	})
	serve.Handle(mux, o, envMethod, func(context.Context, api.Caller, api.None, api.Reporter) ([]string, error) {
		dir, err := os.Getwd()
		return append(os.Environ(), "(dir) "+dir), err
	})
	return mux
}

func (f *fake) serve(l net.Listener) {
	server := &http.Server{Handler: f.handler()}
	go server.Serve(l)
	<-f.ending
	for f.requests.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
	server.Close()
}

// dieOn is the component whose calls end the host.
const dieOn = "die"

// echo answers with the event and logs the name it was called by.
func echo(_ context.Context, _ api.Caller, req api.RunRequest, event io.Reader, out serve.RunOutput) api.RunEnd {
	if req.On == dieOn {
		os.Exit(3)
	}
	out.Log(true, []byte(req.Name))
	buf := make([]byte, 100_000) // more than a frame's chunk
	for {
		n, err := event.Read(buf)
		if n > 0 {
			if err := out.Result(buf[:n]); err != nil {
				return api.RunEnd{Error: fault.From(err)}
			}
		}
		if err == io.EOF {
			return api.RunEnd{ID: "1", Function: req.Name}
		}
		if err != nil {
			return api.RunEnd{Error: fault.From(err)}
		}
	}
}

// home is a fresh set of directories with what a test may do in it.
type home struct {
	t    *testing.T
	dirs dirs.Dirs
	env  []string
}

func newHome(t *testing.T, env ...string) *home {
	t.Helper()
	dir := t.TempDir()
	env = append([]string{"FN_HOME=" + dir, "PATH=" + os.Getenv("PATH")}, env...)
	d, err := dirs.Find(func(name string) string {
		for _, e := range env {
			if value, ok := strings.CutPrefix(e, name+"="); ok {
				return value
			}
		}
		return ""
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Prepare(); err != nil {
		t.Fatal(err)
	}
	h := &home{t: t, dirs: d, env: env}
	t.Cleanup(func() {
		if _, err := h.client("b1").StopHost(context.Background(), true); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *home) options(build string) client.Options {
	self, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	return client.Options{Dirs: h.dirs, Build: build, Env: h.env, HostBinary: self}
}

func (h *home) client(build string) *client.Client { return client.New(h.options(build)) }

// serve runs a fake in this process.
func (h *home) serve(f *fake) {
	h.t.Helper()
	listener, err := net.Listen("unix", h.dirs.Socket())
	if err != nil {
		h.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.serve(listener)
	}()
	h.t.Cleanup(func() {
		f.end()
		<-done
	})
}

// starts are the hosts that were started.
func (h *home) starts() []string {
	h.t.Helper()
	text, err := os.ReadFile(filepath.Join(h.dirs.Data, "starts"))
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// host asks which host answers, by its pid, and of what build.
func host(c *client.Client) (pid, build string, err error) {
	list, err := client.Do(context.Background(), c, api.ListComponents, api.None{}, nil)
	if err != nil {
		return "", "", err
	}
	return list.Components[0].Name, list.Components[0].Version, nil
}

func wantFault(t *testing.T, err error, kind fault.Kind, text string) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Error(), text) {
		t.Errorf("got %v (kind %s), want %s with %q", err, fault.KindOf(err), kind, text)
	}
}

// await looks until a state that must come has come.
func await(t *testing.T, what string, reached func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !reached(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
