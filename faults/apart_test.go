//go:build linux

package faults

import (
	"encoding/json"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// listens says on which address it does, and goes on.
	listens = `import socket, sys, time
def handler(event, context):
    tcp = socket.create_server(("0.0.0.0", 8000))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind("\0fn-listens")
    abstract.listen()
    route = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    route.connect(("192.0.2.1", 9)) # sends nothing
    print("listens on", route.getsockname()[0], file=sys.stderr, flush=True)
    time.sleep(1000)
`
	// reaches tells which of the addresses and sockets it reaches, which files it
	// sees, and where it finds a secret.
	reaches = `import glob, os, socket
def handler(event, context):
    reached = []
    for address in event["addresses"]:
        try:
            socket.create_connection((address, 8000), timeout=1).close()
            reached.append(address)
        except OSError: pass
    for path in event["sockets"] + ["\0fn-listens"]:
        try:
            socket.socket(socket.AF_UNIX).connect(path)
            reached.append(path)
        except OSError: pass
    reached += [path for path in event["files"] if os.path.exists(path)]
    for file in glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
        try:
            if event["secret"].encode() in open(file, "rb").read(): reached.append(file)
        except OSError: pass
    return reached
`
)

// A function in a container reaches no other function, not the host, not the
// engine, and knows nothing of the caller's environment.
func TestContainersAreApart(t *testing.T) {
	t.Parallel()
	h := newDockerHome(t)
	h.have("listens", "python", listens, noTimeout)
	h.have("reaches", "python", reaches)
	call := h.start("run", "listens")
	address := ""
	h.eventually(commandLimit, "the function listens", func() (string, bool) {
		seen := call.stderr.String()
		_, rest, _ := strings.Cut(seen, "listens on ")
		address, _, _ = strings.Cut(rest, "\n")
		return seen, net.ParseIP(address) != nil
	})
	if remote, err := net.DialTimeout("tcp", address+":8000", time.Second); err == nil {
		remote.Close()
	} else {
		t.Logf("its containers cannot be reached from here, where the engine is another machine's: %v", err)
	}
	const secret = "the-callers-own"
	event, err := json.Marshal(map[string]any{
		"addresses": []string{address}, "secret": secret,
		"sockets": []string{h.path("run", "host.sock"), "/var/run/docker.sock", "/run/docker.sock"},
		"files":   []string{h.dir, "/var/run/docker.sock", "/run/docker.sock"},
	})
	must(t, err)
	if got := h.with("SECRET="+secret).ok("run", "reaches", string(event)); got != "[]" {
		t.Errorf("the function reached %s", got)
	}
	must(t, call.cmd.Process.Signal(syscall.SIGINT))
	call.wait().want(130)
}
