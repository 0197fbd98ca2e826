package docker

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

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/plugins/docker/program"
)

const (
	victimDir      = "FN_DOCKER_TEST_VICTIM"
	victimPrograms = "FN_DOCKER_TEST_PROGRAMS"
	victimHost     = "victim"
	victimCalls    = 20
)

func TestNothingOutlivesAKilledPlugin(t *testing.T) {
	e, dir := enginetest.Client(t), t.TempDir()
	other := newSite(t, e, "bystander", `{"images": {"exec": ""}, "warm": 1}`)
	other.deployed(other.function("f"))
	other.warm()
	if _, err := actorProgram(); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	victim := exec.Command(self)
	victim.Env, victim.Stderr = append(os.Environ(), victimDir+"="+dir, victimPrograms+"="+programs), os.Stderr
	out, err := victim.StdoutPipe()
	if err == nil {
		err = victim.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer victim.Wait()
	defer victim.Process.Kill()
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(line, err)
	}
	victim.Process.Kill()

	s := &site{t: t, host: victimHost, engine: e}
	created := func() (n int) {
		for _, name := range s.ours() {
			if strings.Contains(name, "created") {
				n++
			}
		}
		return n
	}
	until(t, "what ran has ended and is removed", func() bool { return len(s.ours()) == created() })
	t.Log(s.ours())
	s = siteIn(t, dir, e, victimHost, `{"images": {"exec": ""}, "warm": 0}`)
	removed, err := s.Collect(t.Context(), nil, quiet)
	if t.Log(removed); err != nil {
		t.Error(err)
	}
	if left := s.ours(); len(left) > 0 {
		t.Error("left after Collect:", left)
	}
	networks, err := e.NetworkList(t.Context(), network.ListOptions{Filters: filters.NewArgs(filters.Arg("label", "fn.host="+victimHost))})
	if err != nil || len(networks) > 0 {
		t.Errorf("networks are left: %+v, %v", networks, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if n := len(other.ours()); n != other.warm() {
		t.Errorf("%d containers of another host", n)
	}
	other.answers(other.function("f"), "still there")
}

// beVictim is the process that is killed: a component with many calls, and a
// container that was only created.
func beVictim() error {
	programs = os.Getenv(victimPrograms)
	t := panicking{}
	e := enginetest.Client(t)
	s := siteIn(t, os.Getenv(victimDir), e, victimHost, `{"images": {"exec": ""}, "warm": 2, "max_running": 32}`)
	f := s.function("f")
	f.Timeout = time.Hour
	s.deployed(f)
	ready := make(chan struct{}, victimCalls)
	for range victimCalls {
		out := &said{first: make(chan struct{})}
		go func() { panic(s.callInto(f, "last", out)) }()
		go func() { <-out.first; ready <- struct{}{} }()
	}
	for range victimCalls {
		<-ready
	}
	_, err := e.ContainerCreate(context.Background(), &container.Config{Image: program.ImageRef, Cmd: []string{"/none"}, Labels: s.owner.Labels("worker")},
		nil, nil, nil, "")
	if err != nil {
		return err
	}
	io.WriteString(os.Stdout, "ready\n")
	select {}
}

// panicking is a test outside of one.
type panicking struct{ testing.TB }

func (panicking) Helper()                   {}
func (panicking) Context() context.Context  { return context.Background() }
func (panicking) Cleanup(func())            {}
func (panicking) Failed() bool              { return false }
func (panicking) Fatal(args ...any)         { panic(fmt.Sprint(args...)) }
func (panicking) Fatalf(s string, a ...any) { panic(fmt.Sprintf(s, a...)) }
func (panicking) Skipf(s string, a ...any)  { panic(fmt.Sprintf(s, a...)) }
