package local

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/template"
)

// forking is a component whose python workers are forks by now.
func forking(t *testing.T, settings string, change func(*Component)) *place {
	t.Helper()
	p := newPlace(t, settings, change)
	needsPython(t, p)
	needsSandbox(t, p)
	if !template.Possible(p.sandbox().Spec) {
		t.Skip("without process ids of their own, workers are no forks")
	}
	p.onlyForks()
	return p
}

// snake deploys a python function.
func (p *place) snake(name, source string) sdk.Function {
	p.t.Helper()
	return p.deployed(name, languagePython, source)
}

func TestForksShareNothingThatCanBeWritten(t *testing.T) {
	p := forking(t, "", nil)
	f := p.snake("f", `
import os, random, tempfile, uuid
PLACES = ["/tmp", "/var/tmp", "/dev/shm", "/dev", "/dev/pts", "/", os.path.dirname(os.getcwd()), os.environ["HOME"], tempfile.gettempdir()]
def handler(event, context):
    seen = [sorted(os.listdir(place)) for place in PLACES]
    written = []
    for place in PLACES:
        try:
            open(place + "/mark", "w").close()
            written.append(place)
        except OSError:
            pass
    return {"seen": seen, "written": written, "random": [random.random(), str(uuid.uuid4())], "parent": sorted(os.listdir("`+p.cfg.ScratchDir+`"))}
`)
	type answer struct {
		Seen    [][]string `json:"seen"`
		Written []string   `json:"written"`
		Random  []any      `json:"random"`
		Parent  []string   `json:"parent"`
	}
	var first, second answer
	for _, into := range []*answer{&first, &second} {
		if err := json.Unmarshal([]byte(p.result(f, "{}")), into); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(first.Random) == fmt.Sprint(second.Random) {
		t.Errorf("the same numbers at random: %v", first.Random)
	}
	for _, places := range second.Seen {
		if slices.Contains(places, "mark") {
			t.Errorf("what one call wrote another one saw: %v", second.Seen)
		}
	}
	if !slices.Equal(first.Parent, []string{"code", "mark", "tmp"}) || slices.Contains(first.Written, "/") || slices.Contains(first.Written, "/dev") {
		t.Errorf("where the workers' directories are it sees %v, it could write to %v", first.Parent, first.Written)
	}
}

func TestAForkHasNoRightsAndNoHoldOfOthers(t *testing.T) {
	p := forking(t, "", nil)
	f := p.snake("f", `
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
def status(pid):
    wanted = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")
    return {k: v.strip() for k, v in (l.split(":", 1) for l in open("/proc/%s/status" % pid)) if k in wanted}
def refused(do):
    try:
        do()
    except OSError:
        return True
    return False
def handler(event, context):
    os.kill(1, signal.SIGKILL)
    os.kill(1, signal.SIGSTOP)
    return {
        "caps": sorted({v for pid in ("self", "1") for k, v in status(pid).items() if k != "NoNewPrivs"}),
        "no_new_privs": status("self")["NoNewPrivs"],
        "pids": sorted(int(n) for n in os.listdir("/proc") if n.isdigit()),
        "descriptors": sorted(int(n) for n in os.listdir("/proc/self/fd")),
        "environ_of_1": refused(lambda: open("/proc/1/environ").read()),
        "files_of_1": refused(lambda: os.readlink("/proc/1/fd/0")),
        "trace": libc.ptrace(16, 1, 0, 0) == -1,
        "remount": libc.mount(b"none", b"/", None, 0x20 | 0x1000, None) == -1,
        "namespace": libc.unshare(0x10000000) == -1,
    }
`)
	want := `{"caps":["0000000000000000"],"descriptors":[0,1,2,3,250],"environ_of_1":true,"files_of_1":true,"namespace":true,` +
		`"no_new_privs":"1","pids":[1,2],"remount":true,"trace":true}`
	var got any
	if err := json.Unmarshal([]byte(p.result(f, "{}")), &got); err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(got); string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestADeadTemplateIsReplaced(t *testing.T) {
	p := forking(t, "", nil)
	sleep := uniqueSleep(t)
	long := p.snake("long", `
import subprocess
def handler(event, context):
    child = subprocess.Popen("`+sleep+`".split(), start_new_session=True)
    print("ready", flush=True)
    child.wait()
`)
	out := newPrinted()
	go func() {
		<-out.first
		for _, pid := range p.launcher.Templates() {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}()
	// The end of its stream is seen before or after the end of the fork.
	if err := p.callInto(t.Context(), long, "{}", out).err; err == nil ||
		!strings.Contains(err.Error(), "the worker was killed before the function answered") && !strings.Contains(err.Error(), "the function closed the worker's stream") {
		t.Errorf("the call of a fork that was killed: %v", err)
	}
	until(t, "the function is gone", func() bool { return len(processesWith(t, strings.Fields(sleep)[1])) == 0 })
	f := p.snake("next", "import os\ndef handler(event, context):\n    return [event, os.getpid()]\n")
	until(t, "workers are forks again", func() bool { // one that waited may die with its call
		a := p.call(t.Context(), f, "1")
		return a.err == nil && a.result == "[1, 2]"
	})
	p.rested()
}

func TestTheEndOfAForkIsTold(t *testing.T) {
	p := forking(t, "", nil)
	for name, test := range map[string]struct {
		do      string
		kind    sdk.Kind
		message string
	}{
		"exit":    {"os._exit(3)", sdk.FunctionFailed, "exit status 3"},
		"killed":  {"os.kill(os.getpid(), 9)", sdk.FunctionFailed, "killed by signal: killed"},
		"abort":   {"os.abort()", sdk.FunctionFailed, "killed by signal: aborted"},
		"orphans": {"subprocess.run(['sh', '-c', 'sleep 0.01 & sleep 0.01 &']); os._exit(4)", sdk.FunctionFailed, "exit status 4"},
		"memory":  {"x = bytearray(1 << 30)", sdk.OutOfMemory, "128 MiB"},
		"slow":    {"time.sleep(600)", sdk.Timeout, "longer than 1s"},
	} {
		f := p.function(name, languagePython, "import os, subprocess, time\ndef handler(event, context):\n    print('before', flush=True)\n    "+test.do+"\n")
		f.Timeout = time.Second
		p.deploy(f)
		a := p.call(t.Context(), f, "{}")
		if fails(t, a.err, test.kind, test.message); a.log != "before\n" {
			t.Errorf("%s: the log is %q", name, a.log)
		}
	}
	p.rested()
}

// A canceled call, and the end of the component, leave no process.
func TestForksEndWithTheirCall(t *testing.T) {
	p := forking(t, "", nil)
	sleep := uniqueSleep(t)
	f := p.snake("f", `
import subprocess
def handler(event, context):
    subprocess.Popen("setsid `+sleep+`".split())
    print("ready", flush=True)
    subprocess.run("`+sleep+`".split())
`)
	ctx, cancel := context.WithCancel(t.Context())
	out := newPrinted()
	go func() { <-out.first; cancel() }()
	fails(t, p.callInto(ctx, f, "{}", out).err, sdk.Canceled, "")
	until(t, "nothing is left", func() bool { return len(processesWith(t, strings.Fields(sleep)[1])) == 0 })
	p.rested()
	templates := p.launcher.Templates()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range templates {
		if _, err := os.Stat(fmt.Sprint("/proc/", pid)); err == nil {
			t.Errorf("the template %d is left", pid)
		}
	}
}
