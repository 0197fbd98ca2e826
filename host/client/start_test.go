//go:build unix

package client_test

import (
	"context"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/client"
	"github.com/fnhost/fn/sdk/fault"
)

func TestFiftyAtOnceStartOneHost(t *testing.T) {
	h := newHome(t)
	pids := make([]string, 50)
	var wait sync.WaitGroup
	for i := range pids {
		wait.Go(func() {
			pid, _, err := host(h.client("b1"))
			if err != nil {
				t.Error(err)
			}
			pids[i] = pid
		})
	}
	wait.Wait()
	if pids = slices.Compact(pids); len(pids) != 1 {
		t.Errorf("%d hosts answered: %v", len(pids), pids)
	}
	if starts := h.starts(); len(starts) != 1 {
		t.Errorf("%d hosts were started", len(starts))
	}
}

func TestHostOfAnotherBuildIsReplacedWhenItsCallsAreDone(t *testing.T) {
	h := newHome(t, "FN_FAKE_BUILD=old")
	oldPID, _, err := host(h.client("old"))
	if err != nil {
		t.Fatal(err)
	}
	event, feed := io.Pipe()
	out := &collected{first: make(chan struct{})}
	oldDone := make(chan error, 1)
	go func() {
		_, err := h.client("old").Run(t.Context(), api.RunRequest{Name: "f"}, event, out)
		oldDone <- err
	}()
	<-out.first // its log: the call is running

	h.env = append(h.env, "FN_FAKE_BUILD=new")
	newDone := make(chan string, 1)
	go func() {
		pid, build, err := host(h.client("new"))
		if err != nil || build != "new" {
			t.Errorf("new host: build %q, %v", build, err)
		}
		newDone <- pid
	}()
	await(t, "the old host to be told to end", func() bool {
		state, err := h.client("old").HostState(t.Context())
		return err == nil && state.Version == "ending"
	})
	select {
	case <-newDone:
		t.Fatal("the new host did not wait for the old one's call")
	default:
	}
	feed.Close()
	if err := <-oldDone; err != nil {
		t.Errorf("the old host's call: %v", err)
	}
	if newPID := <-newDone; newPID == oldPID {
		t.Error("the old host still answers")
	}
}

func TestKilledHostIsStartedAgain(t *testing.T) {
	h := newHome(t)
	pid, _, err := host(h.client("b1"))
	if err != nil {
		t.Fatal(err)
	}
	kill(t, pid)
	again, _, err := host(h.client("b1"))
	if err != nil || again == pid {
		t.Errorf("pid %s again %s, %v", pid, again, err)
	}
}

func TestHostThatDiesDuringACall(t *testing.T) {
	h := newHome(t)
	_, err := client.Do(t.Context(), h.client("b1"), dieMethod, api.None{}, nil)
	wantFault(t, err, fault.Broken, "the host ended during the call")
	if len(h.starts()) != 1 {
		t.Error("the call was repeated")
	}
}

func TestStartFailures(t *testing.T) {
	for _, test := range []struct {
		name, fake, build string
		kind              fault.Kind
		text              string
	}{
		{"crash", fakeCrash, "", fault.Broken, "no such luck"},
		{"error", fakeFail, "", fault.Invalid, "config.toml:3: unknown key"},
		{"gone each time", fakeGone, "", fault.Broken, "the host ended"},
		{"of another build", "", "other", fault.Broken, "of another build"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := newHome(t, "FN_FAKE="+test.fake, "FN_FAKE_BUILD="+test.build)
			_, _, err := host(h.client("b1"))
			wantFault(t, err, test.kind, test.text)
		})
	}
}

func TestMissingHostBinary(t *testing.T) {
	h := newHome(t)
	o := h.options("b1")
	o.HostBinary += "-missing"
	_, _, err := host(client.New(o))
	wantFault(t, err, fault.Broken, "no such file")
}

func TestStartIsGivenUpWithItsCaller(t *testing.T) {
	h := newHome(t, "FN_FAKE="+fakeStrung)
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(100*time.Millisecond, func() { cancel(fault.New(fault.Canceled, "enough")) })
	_, err := client.Do(ctx, h.client("b1"), api.HostStatus, api.None{}, nil)
	wantFault(t, err, fault.Canceled, "enough")
	killChildren(t)
}

func TestHostInheritsNothing(t *testing.T) {
	h := newHome(t, "SECRET=1", "FN_HOST=on", "LANG=C")
	var pipe [2]int
	if err := syscall.Pipe(pipe[:]); err != nil { // without close-on-exec, as a shell's
		t.Fatal(err)
	}
	read := os.NewFile(uintptr(pipe[0]), "read")
	defer read.Close()
	env, err := client.Do(t.Context(), h.client("b1"), envMethod, api.None{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	syscall.Close(pipe[1])
	if _, err := io.ReadAll(read); err != nil { // ends only when the host has no copy
		t.Error(err)
	}
	text := strings.Join(env, "\n")
	for _, absent := range []string{"SECRET", "FN_HOST="} {
		if strings.Contains(text, absent) {
			t.Errorf("the host sees %s", absent)
		}
	}
	for _, present := range []string{"LANG=C", "FN_HOME=" + h.dirs.Home, "(dir) /"} {
		if !slices.Contains(env, present) {
			t.Errorf("the host misses %s in\n%s", present, text)
		}
	}
}

func TestPrivateHostEndsWithItsClient(t *testing.T) {
	h := newHome(t)
	o := h.options("b1")
	o.NoHost = true
	c := client.New(o)
	pid, _, err := host(c)
	if err != nil {
		t.Fatal(err)
	}
	if again, _, err := host(c); err != nil || again != pid {
		t.Errorf("pid %s again %s, %v", pid, again, err)
	}
	if state, err := h.client("b1").HostState(t.Context()); err != nil || state.Running {
		t.Errorf("a shared host is there: %+v, %v", state, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if alive(t, pid) {
		t.Error("it still lives")
	}
	left, err := os.ReadDir(h.dirs.Runtime)
	for _, e := range left {
		if strings.HasSuffix(e.Name(), ".sock") {
			t.Errorf("left behind: %s", e.Name())
		}
	}
	if err != nil {
		t.Error(err)
	}
}

func TestStopHost(t *testing.T) {
	h := newHome(t)
	if stopped, err := h.client("b1").StopHost(t.Context(), false); stopped || err != nil {
		t.Errorf("without a host: %v, %v", stopped, err)
	}
	pid, _, err := host(h.client("b1"))
	if err != nil {
		t.Fatal(err)
	}
	if stopped, err := h.client("another").StopHost(t.Context(), false); !stopped || err != nil {
		t.Errorf("with a host: %v, %v", stopped, err)
	}
	await(t, "the host's end", func() bool { return !alive(t, pid) })
}

func process(t *testing.T, pid string) *os.Process {
	t.Helper()
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	p, err := os.FindProcess(n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
