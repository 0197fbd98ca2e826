package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/plugins/local/confine"
	"github.com/fnhost/fn/sdk"
)

// needsSandbox skips a test where the kernel gives this user less than all.
func needsSandbox(t *testing.T, p *place) {
	t.Helper()
	found := p.sandbox()
	if found.Why == nil && found.Network == nil {
		return
	}
	if strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "sandbox") {
		t.Fatal("the sandbox is required: ", found.Why, found.Network)
	}
	t.Skip("no sandbox here: ", found.Why, found.Network)
}

func TestASandboxedFunctionSeesLittle(t *testing.T) {
	p := newPlace(t, "", nil)
	needsSandbox(t, p)
	state := filepath.Join(p.cfg.StateDir, "functions")
	neighbours, err := filepath.EvalSymlinks(p.cfg.ScratchDir)
	if err != nil {
		t.Fatal(err)
	}
	f := p.deployed("f", languageExec, "#!/bin/sh\n"+`
[ $PPID = 1 ] || echo "the worker is process $PPID"
for pid in /proc/[0-9]*; do [ -e $pid/exe ] || [ -r $pid/stat ]; n=$((n+1)); done
[ $n -le 3 ] || echo "$n processes"
[ -e `+state+` ] && echo "the component's records"
[ "$(ls `+neighbours+` | wc -l)" = 1 ] || echo "other workers"
[ -z "$(ls /run)" ] || ls /run | grep -v -e systemd -e nscd -e resolvconf -e NetworkManager
grep -q '^Cap[^:]*:.*[1-9a-f]' /proc/self/status && echo "capabilities"
grep -q '^NoNewPrivs:.*1' /proc/self/status || echo "new privileges"
echo x 2>/dev/null >/etc/fn-test && echo "writes to /etc"
echo x >/tmp/a && [ -s "$TMPDIR/a" ] || echo "/tmp is not its tmp"
echo x >code.txt && echo x >/dev/shm/a && echo x >/dev/null || echo "cannot write its own"
[ "$HOME" = "$TMPDIR" ] || echo "home is $HOME"
echo in >/dev/stderr
cat /dev/stdin
`)
	if got := p.result(f, "fine\n"); got != "fine\n" {
		t.Error(got)
	}
}

func TestWithoutANetworkThereIsOnlyItself(t *testing.T) {
	p := newPlace(t, "", nil)
	needsSandbox(t, p)
	needsPython(t, p)
	f := p.function("f", languagePython, `
import socket, threading
def handler(event, context):
    names = [name for _, name in socket.if_nameindex()]
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].sendall(b"to myself")).start()
        with socket.create_connection(server.getsockname(), 5) as client:
            said = client.recv(100).decode()
    try:
        socket.create_connection(("192.0.2.1", 9), 5)
    except OSError as e:
        return [names, said, e.strerror]
`)
	f.Network = sdk.NetworkNone
	p.deploy(f)
	if got := p.result(f, "{}"); got != `[["lo"],"to myself","Network is unreachable"]` && got != `[["lo"], "to myself", "Network is unreachable"]` {
		t.Error(got)
	}
}

// What a function detached ends with a worker that was killed, at once.
func TestAKilledSandboxTakesEverythingAlong(t *testing.T) {
	p := newPlace(t, `{"warm": 0, "warm_max": 0}`, nil)
	needsSandbox(t, p)
	sleep := uniqueSleep(t)
	f := p.deployed("f", languageExec, "#!/bin/sh\nkill -9 $PPID\nkill -STOP $PPID\nsetsid "+sleep+" &\necho ready >&2\n"+sleep+"\n")
	out := newPrinted()
	go func() {
		<-out.first
		for _, pid := range p.launcher.PIDs() {
			if running, err := os.FindProcess(pid); err == nil {
				running.Kill()
			}
		}
	}()
	fails(t, p.callInto(t.Context(), f, "", out).err, sdk.Broken, "the worker was killed before the function answered")
	until(t, "everything is gone", func() bool { return len(processesWith(t, strings.Fields(sleep)[1])) == 0 })
}

func TestValidateSaysWhatIsolates(t *testing.T) {
	p := newPlace(t, "", nil)
	needsSandbox(t, p)
	c := named(t, validate(t, p), "sandbox")
	if want := "its own processes, ipc, devices, tmp; all other files read-only; " +
		"no capabilities, and no way to any; no network where a function asks for none"; c.State != sdk.CheckOK || c.Message != want {
		t.Errorf("%+v", c)
	}
}

// lacking is a component on a machine that gives no namespaces.
func lacking(t *testing.T, settings string) *place {
	refused := errors.New("mount /proc: operation not permitted")
	return newPlace(t, settings, func(c *Component) {
		c.tryConfine = func(context.Context, confine.Config) confine.Found {
			return confine.Found{Missing: []string{confine.Everything}, Why: refused, Network: refused}
		}
	})
}

// refuses checks what Deploy and Run say of a function.
func (p *place) refuses(f sdk.Function, kind sdk.Kind, message string) {
	p.t.Helper()
	_, err := p.Deploy(p.t.Context(), f, func(string, int64, int64, string) {})
	fails(p.t, err, kind, message)
	if err := p.records().Put(record.Of(f, p.Now())); err != nil { // deployed when there was a sandbox
		p.t.Fatal(err)
	}
	fails(p.t, p.call(p.t.Context(), f, "").err, sdk.Unavailable, message)
}

func TestWhatTheSandboxLacksIsSaid(t *testing.T) {
	p := lacking(t, "")
	if c := named(t, validate(t, p), "sandbox"); c.State != sdk.CheckSkipped || c.Hint == "" || !strings.Contains(c.Message, "mount /proc: ") {
		t.Errorf("%+v", c)
	}
	f := p.function("f", languageExec, cat)
	f.Network = sdk.NetworkNone
	p.refuses(f, sdk.Unimplemented, "cannot be kept from the network here: mount /proc")
	if got := p.result(p.deployed("g", languageExec, cat), "x"); got != "x" {
		t.Errorf("without a sandbox, it answers %q", got)
	}
}

func TestWhatIsRequiredMustBeThere(t *testing.T) {
	p := lacking(t, `{"sandbox": "required"}`)
	v, err := p.Validate(t.Context())
	if c := named(t, v, "sandbox"); err != nil || c.State != sdk.CheckFailed || !strings.Contains(c.Message, "without any sandbox") {
		t.Errorf("%+v %v", c, err)
	}
	p.refuses(p.function("f", languageExec, cat), sdk.Unavailable, "the sandbox is required")
}

func TestTheSandboxCanBeSwitchedOff(t *testing.T) {
	p := newPlace(t, `{"sandbox": "off"}`, nil)
	f := p.deployed("f", languageExec, "#!/bin/sh\n[ -e "+p.cfg.StateDir+" ] && [ $PPID != 1 ] && echo off\n")
	if got := p.result(f, ""); got != "off\n" {
		t.Error(got)
	}
	v, err := p.Validate(t.Context())
	if c := named(t, v, "sandbox"); err != nil || c.State != sdk.CheckSkipped || c.Hint != "" || !strings.Contains(c.Message, "switched off") {
		t.Errorf("%+v", c)
	}
	c := &Component{Program: os.Getenv(programVar)}
	fails(t, c.Configure(t.Context(), configIn(t, t.TempDir(), `{"sandbox": "on"}`)), sdk.Invalid, `"auto", "required" or "off"`)
}
