package local

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/template"
)

func TestAWaitingWorkerMayBeKilled(t *testing.T) {
	p := newPlace(t, `{"warm": 3}`, nil)
	f := p.deployed("f", languageExec, cat)
	for round := range 10 {
		p.rested()
		for _, pid := range p.launcher.PIDs() {
			waiting, err := os.FindProcess(pid)
			if err == nil {
				err = waiting.Kill()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		event := fmt.Sprint("round ", round)
		if got := p.result(f, event); got != event {
			t.Errorf("the answer is %q", got)
		}
	}
	p.rested()
}

// In a sandbox, a function cannot do this.
func TestARunningWorkerMayBeKilled(t *testing.T) {
	p := newPlace(t, `{"sandbox": "off"}`, nil)
	needsPython(t, p)
	sleep := uniqueSleep(t)
	for _, f := range []sdk.Function{
		p.deployed("shell", languageExec, "#!/bin/sh\nsetsid "+sleep+" &\nkill -9 $PPID\n"+sleep+"\n"),
		p.deployed("snake", languagePython, `
import os, subprocess, time
def handler(event, context):
    subprocess.Popen("`+sleep+`".split(), start_new_session=True)
    os.kill(os.getppid(), 9)
    time.sleep(600)
`),
	} {
		p.rested()
		fails(t, p.call(t.Context(), f, "{}").err, sdk.Broken, "the worker was killed before the function answered (signal: killed)")
		p.rested()
		if left := processesWith(t, strings.Fields(sleep)[1]); len(left) > 0 {
			t.Errorf("%s: left running: %v", f.Name, left)
		}
	}
	if got := p.result(p.deployed("next", languageExec, cat), "x"); got != "x" {
		t.Errorf("the next call answers %q", got)
	}
}

// A worker that does not keep time, because its function stopped it, is ended
// from outside.
func TestAStoppedWorkerIsEnded(t *testing.T) {
	p := newPlace(t, `{"sandbox": "off"}`, nil)
	f := p.deployed("f", languageExec, "#!/bin/sh\nkill -STOP $PPID\nsleep 600\n")
	f.Timeout = 2 * time.Second // for the shell to get there, on a busy machine
	fails(t, p.call(t.Context(), f, "").err, sdk.Timeout, "the function took longer than")
	p.rested()
}

const (
	victimDir    = "FN_LOCAL_TEST_DIR"
	victimSource = "FN_LOCAL_TEST_SOURCE"
	victimSpeaks = "FN_LOCAL_TEST_LANGUAGE"
	victimHost   = "victim"
)

func TestNothingOutlivesAKilledPlugin(t *testing.T) {
	t.Run(languageExec, func(t *testing.T) {
		sleep := uniqueSleep(t)
		killPlugin(t, languageExec, sleep, "#!/bin/sh\nsetsid "+sleep+" >/dev/null 2>&1 &\necho ready >&2\n"+sleep+"\n")
	})
	t.Run(languagePython, func(t *testing.T) {
		needsPython(t, newPlace(t, `{"warm": 0}`, nil))
		sleep := uniqueSleep(t)
		killPlugin(t, languagePython, sleep, `
import subprocess
def handler(event, context):
    subprocess.Popen("setsid `+sleep+`".split())
    child = subprocess.Popen("`+sleep+`".split())
    print("ready", flush=True)
    child.wait()
`)
	})
}

// killPlugin kills a component that has a call of a function, which starts sleep
// twice.
func killPlugin(t *testing.T, language, sleep, source string) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	victim := exec.Command(self)
	victim.Env = append(os.Environ(), roleVar+"=victim", victimDir+"="+dir,
		victimSource+"="+source, victimSpeaks+"="+language)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		victim.Process.Kill()
		victim.Wait()
		if _, err := cgroup.Collect(victimHost); err != nil {
			t.Error(err)
		}
	}()
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(line, err)
	}
	running := 0
	until(t, "both run", func() bool { running = len(processesWith(t, strings.Fields(sleep)[1])); return running == 2 })
	workers := len(processesWith(t, dir))
	if running != 2 || workers < 2 {
		t.Fatalf("%d processes of the function and %d workers before the kill", running, workers)
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	until(t, "everything is gone", func() bool {
		return len(processesWith(t, strings.Fields(sleep)[1]))+len(processesWith(t, dir)) == 0
	})
	if took := time.Since(killed); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
}

// beVictim is the process that is killed: a component with one call.
func beVictim() error {
	ctx, t := context.Background(), panicking{}
	dir := os.Getenv(victimDir)
	c := &Component{Program: os.Getenv(programVar)}
	cfg := configIn(t, dir, "")
	cfg.HostID = victimHost
	if err := c.Configure(ctx, cfg); err != nil {
		return err
	}
	p := &place{t: t, dir: dir, Component: c}
	language := os.Getenv(victimSpeaks)
	if language == languagePython && template.Possible(p.sandbox().Spec) {
		p.onlyForks()
	}
	f := p.deployed("f", language, os.Getenv(victimSource))
	out := newPrinted()
	go func() {
		<-out.first
		until(t, "others wait", func() bool { return p.pool()[0].Warm >= 2 })
		io.WriteString(os.Stdout, "ready\n")
	}()
	return p.callInto(ctx, f, "{}", out).err
}

// panicking is a test's failure outside of a test.
type panicking struct{ testing.TB }

func (panicking) Helper()           {}
func (panicking) Fatal(args ...any) { panic(fmt.Sprint(args...)) }
