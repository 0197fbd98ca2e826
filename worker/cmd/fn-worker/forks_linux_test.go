package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
	"github.com/fnhost/fn/worker/sandbox"
	"github.com/fnhost/fn/worker/supervise"
	"github.com/fnhost/fn/worker/template"
)

// TestForks has workers that are forks of a template do what the tests of python
// ask of workers that are processes of their own.
func TestForks(t *testing.T) {
	tpl, err := startTemplate(t.Context(), t, nil)
	if err != nil {
		if strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "namespaces") {
			t.Fatal(err)
		}
		t.Skip("there are no namespaces: ", err)
	}
	tpl.Close()
	for name, test := range map[string]func(*testing.T){
		"Returns": TestPythonReturns, "Raw": TestPythonRaw, "Handlers": TestPythonHandlers,
		"LoadFailures": TestPythonLoadFailures, "CallFailures": TestPythonCallFailures,
		"Trace": TestPythonStackTraceIsTheUsers, "Limits": TestPythonLimitsOfEventAndResult,
		"Builtins": TestPythonReplacesBuiltins, "Context": TestPythonContext, "Log": TestPythonLogIsNeverResult, "Environment": TestPythonEnvironment,
		"Preload": TestPythonPreload, "Logging": TestPythonLoggingAppears,
		"LastWords": TestPythonPrintsBeforeItsEnd, "Flood": TestPythonFloodsBeforeItCrashes, "Missing": TestPythonMissingModuleIsNamed,
	} {
		t.Run(name, test)
	}
}

// forked tells whether a test wants its python worker to be a fork.
func forked(t testing.TB) bool { return strings.HasPrefix(t.Name(), "TestForks/") }

// startTemplate starts this program's template in a directory of its own.
func startTemplate(ctx context.Context, t testing.TB, flags []string) (*template.Template, error) {
	t.Helper()
	scratch := t.TempDir()
	cfg := template.Config{
		Program: os.Args[0], Interpreter: interpreter(t), Env: []string{"PATH=" + os.Getenv("PATH"), beWorker + "=1"},
		Scratch: scratch, Dir: filepath.Join(scratch, "t-1"),
		Sandbox: sandbox.Spec{
			Own:  sandbox.Namespaces{User: true, Mounts: true, PIDs: true, IPC: true},
			View: sandbox.View{ReadOnly: true, Devices: true, Proc: true, Hide: []string{scratch}},
		},
	}
	for name, value := range map[string]*string{"-preload": &cfg.Preload, "-modules": &cfg.Modules} {
		if at := slices.Index(flags, name); at >= 0 {
			*value = flags[at+1]
		}
	}
	cfg.Start = func(cmd *exec.Cmd) error {
		cmd.Env = append(cmd.Env, "GORACE=atexit_sleep_ms=0")
		return cmd.Start()
	}
	tpl, err := template.Start(ctx, cfg)
	if err == nil {
		t.Cleanup(tpl.Close)
	}
	return tpl, err
}

// fork is launch for a worker that is a fork of a template of its own.
func fork(t testing.TB, flags []string) *proc {
	t.Helper()
	ours, theirs := worker.Pipe()
	p := &proc{Conn: worker.NewConn(ours), stream: ours, exited: make(chan struct{})}
	tpl, err := startTemplate(within(t), t, flags)
	if err != nil {
		p.Close()
		p.refused = err
		close(p.exited)
		return p
	}
	p.dir = filepath.Join(filepath.Dir(tpl.Dir()), "w-1")
	begun := make(chan struct{})
	var once sync.Once
	go func() {
		defer close(p.exited)
		err := supervise.Serve(supervise.Served{
			Stream: theirs, HungUp: theirs.HungUp, Dir: p.dir, Inside: tpl.Inside(), Environ: []string{"PATH=" + os.Getenv("PATH")},
			Spawn: func(spec process.Spec) (supervise.Fork, error) {
				defer once.Do(func() { close(begun) })
				made, err := tpl.Fork(p.dir, spec, template.Group{})
				if err == nil {
					p.pid = made.PID()
				}
				return made, err
			},
		})
		if err != nil {
			t.Error(err)
		}
		once.Do(func() { close(begun) })
	}()
	<-begun
	t.Cleanup(func() {
		p.Close()
		p.waitExit(t)
		if _, err := os.Stat(p.dir); err == nil {
			t.Errorf("%s was left behind", p.dir)
		}
	})
	return p
}
