package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/fnhost/fn/worker"
)

// startFirst runs a worker as process 1 of a namespace, as in a container.
func startFirst(t *testing.T, language string, flags ...string) *proc {
	t.Helper()
	attributes := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 65534, HostID: os.Getuid(), Size: 1}},
	}
	probe := exec.Command("/bin/true")
	probe.SysProcAttr = attributes
	if err := probe.Run(); err != nil {
		t.Skipf("no namespaces here: %v", err)
	}
	p := spawn(t, attributes, language, flags)
	p.pid = 1
	hello, err := p.Hello(within(t))
	if err != nil || hello.PID != 1 {
		t.Fatalf("hello: %+v, %v", hello, err)
	}
	return p
}

func (p *proc) runs(t *testing.T, in worker.Injection, code files) *outcome {
	t.Helper()
	o := &outcome{}
	if _, err := p.inject(t, in, code, o); err != nil {
		t.Fatal(err)
	}
	var err error
	if o.end, err = p.Call(within(t), worker.Call{}, strings.NewReader("{}"), o); err != nil {
		t.Fatalf("call: %v\n%s", err, o.log.String())
	}
	p.waitExit(t)
	return o
}

func TestProcessOneIsDeafToItsFunction(t *testing.T) {
	p := startFirst(t, "exec")
	o := p.runs(t, worker.Injection{}, sh(`i=1; while [ $i -le 64 ]; do kill -$i $PPID 2>/dev/null; i=$((i+1)); done
kill -9 -1; echo survived`))
	o.returns(t, "survived\n")
}

func TestProcessOneWhoseFunctionKillsAll(t *testing.T) {
	p := startFirst(t, "python", "-contained")
	o := p.runs(t, worker.Injection{}, py("import os\ndef handler(e, c):\n"+
		" if os.fork() == 0:\n  os.kill(-1, 9)\n  os._exit(0)\n while True: pass\n"))
	o.fails(t, worker.FunctionFailed, "killed")
}

func TestProcessOneEndsOnSIGTERM(t *testing.T) {
	for _, language := range []string{"exec", "python", "node"} {
		p := startFirst(t, language)
		p.cmd.Process.Signal(syscall.SIGTERM)
		p.waitExit(t)
	}
}
