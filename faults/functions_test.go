//go:build linux

package faults

import (
	"fmt"
	"net"
	"path/filepath"
	"time"
)

// define writes a function's directory and returns it. Its environment bears
// the home's mark, so that its processes are found wherever they go.
func (h *home) define(name, runtime, source string, settings ...string) string {
	h.Helper()
	dir := filepath.Join(h.root, "work", name)
	file := map[string]string{"exec": "run", "python": "handler.py", "node": "index.js"}[runtime]
	h.write(filepath.Join(dir, file), source, 0o755)
	toml := fmt.Sprintf("name = %q\nruntime = %q\n", name, runtime)
	for _, line := range settings {
		toml += line + "\n"
	}
	h.write(filepath.Join(dir, "fn.toml"), toml+fmt.Sprintf("[env]\nHOME_MARK = %q\n", h.root), 0o644)
	return dir
}

// have makes a function that the home can run.
func (h *home) have(name, runtime, source string, settings ...string) {
	h.Helper()
	h.ok("apply", h.define(name, runtime, source, settings...))
}

// The sources of functions.
const (
	echo       = "#!/bin/sh\nexec cat\n"
	echoPython = "def handler(event, context):\n    return event\n"

	// It says when it runs, has children of every sort and never ends.
	endless = `#!/bin/sh
sleep 1000 &
setsid sleep 1001 &
(setsid sh -c 'sleep 1002 & sleep 1003' >/dev/null 2>&1 </dev/null &)
echo started >&2
wait
sleep 1004
`
	endlessPython = `import subprocess, sys, time
def handler(event, context):
    subprocess.Popen(["sleep", "1000"], start_new_session=True)
    print("started", file=sys.stderr, flush=True)
    time.sleep(1001)
`
	endlessNode = `const { spawn } = require("child_process");
exports.handler = async () => {
  spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
  console.error("started");
  await new Promise((done) => setTimeout(done, 1001000));
};
`
)

const noTimeout = `timeout = "10m"`

// call starts a call of an endless function and returns when it runs.
func (h *home) call(name string, flags ...string) *running {
	h.Helper()
	r := h.start(append([]string{"run", name}, flags...)...)
	r.says("started")
	return r
}

// through is what a gate answers.
const through = `"through"`

// gate is a function that answers when it may, and until then waits for an
// answer of this process: they share the network and no files.
func (h *home) gate(name string) (open func()) {
	h.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	must(h, err)
	h.Cleanup(func() { server.Close() })
	h.have(name, "python", fmt.Sprintf(`import socket, sys
def handler(event, context):
    print("started", file=sys.stderr, flush=True)
    with socket.create_connection(("127.0.0.1", %d)) as gate:
        gate.recv(1)
    return "through"
`, server.Addr().(*net.TCPAddr).Port), noTimeout)
	opened := make(chan struct{})
	go func() {
		for {
			waiting, err := server.Accept()
			if err != nil {
				return
			}
			go func() { <-opened; waiting.Close() }()
		}
	}()
	return func() { close(opened) }
}

// record waits for the record of the last call of a function.
func (h *home) record(name, outcome string) {
	h.Helper()
	h.eventually(10*time.Second, "the call of "+name+" is recorded as "+outcome, func() (string, bool) {
		list := get[callList](h, "calls", name)
		return fmt.Sprint(list), len(list.Calls) > 0 && list.Calls[0].Outcome == outcome
	})
}

// callList is what calls --json prints.
type callList struct {
	Calls []struct{ ID, Function, Outcome, Message string }
}

// hostState is what host status --json prints.
type hostState struct {
	Running bool
	PID     int
	Build   string
	Calls   int
}
