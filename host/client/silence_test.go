//go:build unix

package client_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/client"
	"github.com/fnhost/fn/host/lockfile"
	"github.com/fnhost/fn/sdk/fault"
)

const someone = "4711" // a pid in a lock file; nobody signals it

// hold takes a lock as a process that does nothing else.
func hold(t *testing.T, path string) *lockfile.Lock {
	t.Helper()
	lock, err := lockfile.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Write([]byte(someone + "\n")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lock.Unlock() })
	return lock
}

func (h *home) startLock() string {
	return strings.TrimSuffix(h.dirs.LockFile(), "host.lock") + "start.lock"
}

func (h *home) impatient() (*client.Client, *[]string) {
	notes := new([]string)
	o := h.options("b1")
	o.Note = func(text string) { *notes = append(*notes, text) }
	o.Limits = client.Limits{Answer: 100 * time.Millisecond, Silence: 1200 * time.Millisecond}
	return client.New(o), notes
}

func wantHint(t *testing.T, err error, hint string) {
	t.Helper()
	if got := fault.From(err).Hint; got != hint {
		t.Errorf("hint %q, want %q", got, hint)
	}
}

// A host that takes connections and does nothing, as a stopped process does.
func TestHostThatDoesNotAnswer(t *testing.T) {
	h := newHome(t)
	hold(t, h.dirs.LockFile())
	listener, err := net.Listen("unix", h.dirs.Socket())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	c, _ := h.impatient()
	for name, request := range map[string]func() error{
		"method": func() error {
			_, err := client.Do(t.Context(), c, api.ListComponents, api.None{}, nil)
			return err
		},
		"run": func() error {
			_, err := c.Run(t.Context(), api.RunRequest{Name: "f"}, nil, &collected{})
			return err
		},
		"status": func() error { _, err := c.HostState(t.Context()); return err },
		"stop":   func() error { _, err := c.StopHost(t.Context(), true); return err },
	} {
		t.Run(name, func(t *testing.T) {
			err := request()
			wantFault(t, err, fault.Broken, "the host (pid "+someone+") does not answer")
			wantHint(t, err, "kill -9 "+someone)
		})
	}
}

// A call may take longer than the beginning of its answer.
func TestSlowCallIsNoSilence(t *testing.T) {
	h := newHome(t)
	if _, _, err := host(h.client("b1")); err != nil {
		t.Fatal(err)
	}
	c, _ := h.impatient()
	out := &collected{}
	_, err := c.Run(t.Context(), api.RunRequest{Name: "f"}, &slowly{text: "late", after: 300 * time.Millisecond}, out)
	if err != nil || out.result.String() != "late" {
		t.Errorf("result %q, %v", out.result.String(), err)
	}
}

// slowly is an event that lets its caller wait once.
type slowly struct {
	text  string
	after time.Duration
	rest  *strings.Reader
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.rest == nil {
		time.Sleep(s.after)
		s.rest = strings.NewReader(s.text)
	}
	return s.rest.Read(p)
}

func TestHostWithoutItsSocket(t *testing.T) {
	h := newHome(t)
	hold(t, h.dirs.LockFile())
	c, notes := h.impatient()
	_, err := c.HostState(t.Context())
	wantFault(t, err, fault.Broken, "the host (pid "+someone+") holds "+h.dirs.LockFile()+" but does not answer")
	wantHint(t, err, "kill -9 "+someone)
	_, err = c.StopHost(t.Context(), false)
	wantFault(t, err, fault.Broken, "does not answer")
	_, _, err = host(c)
	wantFault(t, err, fault.Unavailable, "(pid "+someone+")")
	if len(*notes) != 1 || !strings.Contains((*notes)[0], "waiting") {
		t.Errorf("notes %q", *notes)
	}
}

func TestStartThatDoesNotEnd(t *testing.T) {
	h := newHome(t)
	hold(t, h.startLock())
	c, notes := h.impatient()
	_, _, err := host(c)
	wantFault(t, err, fault.Unavailable, "another command (pid "+someone+") holds "+h.startLock())
	wantHint(t, err, "kill -9 "+someone)
	if len(*notes) != 1 || !strings.Contains((*notes)[0], "another command") {
		t.Errorf("notes %q", *notes)
	}
	err = c.WithoutHost(t.Context(), false, func() error { t.Error("it was done"); return nil })
	wantFault(t, err, fault.Unavailable, "another command")
}

func TestNoHostStartsWithoutHost(t *testing.T) {
	h := newHome(t)
	before, _, err := host(h.client("b1"))
	if err != nil {
		t.Fatal(err)
	}
	err = h.client("b1").WithoutHost(t.Context(), false, func() error {
		if lock, err := lockfile.TryLock(h.dirs.LockFile()); err != nil {
			t.Errorf("the host lives: %v", err)
		} else {
			lock.Unlock()
		}
		c, _ := h.impatient()
		_, _, err := host(c)
		wantFault(t, err, fault.Unavailable, "another command")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if after, _, err := host(h.client("b1")); err != nil || after == before {
		t.Errorf("host %s after %s, %v", after, before, err)
	}
}
