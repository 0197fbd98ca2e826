//go:build linux

package faults

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
)

func TestIdleExit(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.write(h.path("config", "config.toml"), "[host]\nidle_exit = \"1s\"\n", 0o644)
	// A call that takes longer than that keeps the host.
	open := h.gate("gate")
	call := h.call("gate")
	served := h.one(host)
	all := h.processes()
	time.Sleep(2 * time.Second)
	if !served.alive() {
		t.Error("the host ended with a call in flight")
	}
	open()
	if got := call.wait().want(0).stdout; got != through {
		t.Errorf("the call answered %q", got)
	}
	h.empty(15 * time.Second)
	h.gone(all)
	h.write(h.path("config", "config.toml"), "", 0o644) // the next one stays to be seen
	h.ok("run", "gate")
	if now := h.one(host); now == served {
		t.Error("the host is still there")
	}
}

func TestStopWaitsForCalls(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	open := h.gate("gate")
	call := h.call("gate")
	served := h.one(host)
	stop := h.start("host", "stop")
	h.ending()
	// It takes no new calls: this one waits for the next host.
	next := h.start("run", "gate")
	h.startLocked()
	if !served.alive() {
		t.Fatal("the host ended with a call in flight")
	}
	open()
	for _, r := range []*running{call, next} {
		if got := r.wait().want(0).stdout; got != through {
			t.Errorf("the call answered %q", got)
		}
	}
	stop.wait().want(0)
	if served.alive() || h.one(host) == served {
		t.Error("the host did not end")
	}
}

// ending waits until the host takes no calls any more.
func (h *home) ending() {
	h.Helper()
	dial := func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", h.path("run", "host.sock"))
	}
	build := get[hostState](h, "host", "status").Build
	caller := http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
	h.eventually(10*time.Second, "the host is ending", func() (string, bool) {
		answer, err := caller.Post("http://fn"+api.Version+api.ListRuntimes.Name, "application/json", strings.NewReader(`{"build":"`+build+`"}`))
		if err != nil {
			return err.Error(), false
		}
		answer.Body.Close()
		return answer.Status, answer.StatusCode == http.StatusServiceUnavailable
	})
}

func TestStopNow(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	h.forked()
	call := h.call("endless")
	all := others(h.processes(), command)
	h.ok("host", "stop", "--now")
	call.wait().want(130, "fn: ")
	h.gone(all)
	h.empty(0)
	h.record("endless", "Canceled")
}

func TestWithoutHost(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	alone := h.with("FN_HOST=off")
	alone.have("echo", "exec", echo)
	alone.works()
	h.empty(0)
	if got := h.ok("run", "echo", "alone", "--no-host"); got != "alone" {
		t.Errorf("it answered %q", got)
	}
	h.empty(0)

	// Beside a resident one it works on the same functions and records.
	h.works()
	served := h.one(host)
	alone.have("other", "exec", echo)
	alone.works()
	if got := h.ok("run", "other", "shared"); got != "shared" {
		t.Errorf("a function made without the host answered %q", got)
	}
	if now := h.one(host); now != served {
		t.Errorf("the host was %v and is %v", served, now)
	}
	if calls := get[callList](h, "calls").Calls; len(calls) != 5 {
		t.Errorf("%d calls are recorded, want 5: %v", len(calls), calls)
	}
}

// A private host dies with its command, however that ends.
func TestKilledWithPrivateHost(t *testing.T) {
	t.Parallel()
	h := newHome(t).with("FN_HOST=off")
	h.have("endless", "exec", endless, noTimeout)
	h.have("echo", "exec", echo)
	for _, victim := range []string{command, host} {
		call := h.call("endless")
		all := h.processes()
		h.kill(h.one(victim))
		h.gone(others(all, command))
		end := call.wait()
		if victim == host {
			end.want(5, "the host ended during the call")
		}
		h.works()
		h.eventually(2*time.Second, "nothing is left", func() (string, bool) {
			left := h.sessions()
			return fmt.Sprint(left), len(left) == 0
		})
	}
}
