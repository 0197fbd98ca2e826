//go:build linux

package process

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// start runs a shell script whose output comes through the returned pipe.
func start(t *testing.T, script string) (*Child, *os.File) {
	t.Helper()
	if err := Adopt(); err != nil {
		t.Fatal(err)
	}
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	c, err := Start(Spec{
		Path: "/bin/sh", Args: []string{"sh", "-c", script}, Env: os.Environ(), Dir: "/",
		Files: []*os.File{null(t), in, os.Stderr},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Kill(10 * time.Second); out.Close() })
	return c, out
}

func null(t *testing.T) *os.File {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// ready waits for the script's first output.
func ready(t *testing.T, out *os.File) {
	t.Helper()
	if _, err := out.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
}

func TestDescendantsBothWays(t *testing.T) {
	c, out := start(t, "sleep 100 & (sleep 100 & sleep 100 & echo ready; wait)")
	ready(t, out)
	walked, ok := walk(os.Getpid())
	if !ok {
		t.Skip("this kernel has no lists of children")
	}
	scanned := scan(os.Getpid())
	slices.Sort(walked)
	slices.Sort(scanned)
	if !slices.Equal(walked, scanned) || len(walked) < 4 || !slices.Contains(walked, c.PID()) {
		t.Errorf("walked %v, scanned %v", walked, scanned)
	}
	if n := Anonymous(walked); n < 64<<10 || n > 64<<20 {
		t.Errorf("%d bytes of memory", n)
	}
}

func TestKillReachesDaemons(t *testing.T) {
	c, out := start(t, "(setsid sh -c 'trap \"\" TERM HUP; echo ready; sleep 100; sleep 100' &) ; exec sleep 100")
	ready(t, out)
	c.Kill(10 * time.Second)
	if left := Descendants(os.Getpid()); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
	<-c.Ended()
	if !c.Status().Signaled() {
		t.Errorf("status %v", c.Status())
	}
}

func TestLimitData(t *testing.T) {
	c, out := start(t, "echo ready; exec sleep 100")
	ready(t, out)
	if err := LimitData(c.PID(), 64<<20); err != nil {
		t.Fatal(err)
	}
	limits, err := os.ReadFile("/proc/" + strconv.Itoa(c.PID()) + "/limits")
	if err == nil && !strings.Contains(string(limits), "67108864") {
		t.Errorf("limits %s", limits)
	}
}

func TestStartOfNothing(t *testing.T) {
	if _, err := Start(Spec{Path: "/no/such/program", Args: []string{"x"}, Dir: "/"}); !os.IsNotExist(err) {
		t.Error(err)
	}
}
