package docker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

// named are the kinds of errors that an engine's end may bring a call.
var named = map[sdk.Kind]bool{sdk.Unavailable: true, sdk.Broken: true, sdk.Timeout: true}

// load makes calls, four at a time, until it is stopped; each must end in its
// result or in an error with a name, and none may last.
func (s *site) load(f sdk.Function) (stop func() (succeeded, failed int)) {
	over, counts := make(chan struct{}), make(chan [2]int, 4)
	for range 4 {
		go func() {
			var count [2]int
			defer func() { counts <- count }()
			for i := 0; ; i++ {
				select {
				case <-over:
					return
				default:
				}
				event, began := fmt.Sprint("event ", i), time.Now()
				got, err := s.call(f, event)
				if took := time.Since(began); took > f.Timeout+15*time.Second {
					s.t.Errorf("a call took %v: %v", took, err)
				}
				switch {
				case err == nil && got == event:
					count[0]++
				case err == nil:
					s.t.Errorf("%q in place of %q", got, event)
				default:
					count[1]++
					if !named[sdk.KindOf(err)] || mend(err) == "" && sdk.KindOf(err) != sdk.Timeout {
						s.t.Errorf("%s: %v (%s)", sdk.KindOf(err), err, mend(err))
					}
					time.Sleep(10 * time.Millisecond)
				}
			}
		}()
	}
	return sync.OnceValues(func() (succeeded, failed int) {
		close(over)
		for range 4 {
			count := <-counts
			succeeded, failed = succeeded+count[0], failed+count[1]
		}
		return succeeded, failed
	})
}

// runs returns when a call runs that does not end by itself, and how it ends.
func (s *site) runs(f sdk.Function) <-chan error {
	s.t.Helper()
	out, end := &said{first: make(chan struct{})}, make(chan error, 1)
	go func() { end <- s.callInto(f, "last", out) }()
	select {
	case <-out.first:
	case err := <-end:
		s.t.Fatal("the call has not begun:", err)
	}
	return end
}

func TestAnEngineThatEndsAndHangsUnderLoad(t *testing.T) {
	p := enginetest.Private(t)
	s := newSite(t, p.Client, "faults", `{"images": {"exec": ""}, "warm": 3}`)
	f := s.function("f")
	f.Timeout = 2 * time.Second
	s.deployed(f)
	s.warm()
	long := f
	long.Timeout = 5 * time.Second
	for _, fault := range []struct {
		name      string
		end, mend func()
		running   []sdk.Kind // how a call may end that runs meanwhile
	}{
		// An engine that is told to stop first stops its containers.
		{"stop", p.Stop, p.Start, []sdk.Kind{sdk.Unavailable, sdk.Broken, sdk.Timeout}},
		{"kill", p.Kill, p.Start, []sdk.Kind{sdk.Unavailable}},
		{"pause", p.Pause, p.Resume, []sdk.Kind{sdk.Unavailable}},
	} {
		stop := s.load(f)
		s.answers(f, "under load")
		running := s.runs(long)
		fault.end()
		began := time.Now()
		_, err := s.call(f, "none")
		t.Logf("%s: the next call after %v: %s: %v (%s)", fault.name, time.Since(began), sdk.KindOf(err), err, mend(err))
		if !named[sdk.KindOf(err)] {
			t.Errorf("%s: %s: %v", fault.name, sdk.KindOf(err), err)
		}
		err = <-running
		t.Logf("%s: the call that ran: %s: %v (%s)", fault.name, sdk.KindOf(err), err, mend(err))
		if !slices.Contains(fault.running, sdk.KindOf(err)) || sdk.KindOf(err) == sdk.Unavailable && mend(err) == "" {
			t.Errorf("%s: the call that ran ended in %s: %v (%s)", fault.name, sdk.KindOf(err), err, mend(err))
		}
		fault.mend()
		began = time.Now()
		until(t, "a call succeeds", func() bool { _, err := s.call(f, "again"); return err == nil })
		t.Logf("%s: served again after %v", fault.name, time.Since(began))
		succeeded, failed := stop()
		t.Logf("%s: %d calls succeeded, %d failed", fault.name, succeeded, failed)
		began = time.Now()
		n := s.warm()
		until(t, "nothing but what waits is there", func() bool { return len(s.ours()) == n })
		t.Logf("%s: at rest after %v", fault.name, time.Since(began))
	}
	s.answers(f, "x")
}

func TestWaitingContainersMayBeRemovedByHand(t *testing.T) {
	e := enginetest.Client(t)
	s := newSite(t, e, "byhand", `{"images": {"exec": ""}, "warm": 2}`)
	f := s.deployed(s.function("f"))
	for round, remove := range []func(id string) error{
		func(id string) error { return e.ContainerKill(context.Background(), id, "KILL") },
		func(id string) error {
			return e.ContainerRemove(context.Background(), id, container.RemoveOptions{Force: true})
		},
	} {
		s.warm()
		list, err := e.ContainerList(t.Context(), container.ListOptions{Filters: filters.NewArgs(filters.Arg("label", "fn.host=byhand"))})
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		var removals sync.WaitGroup
		for _, c := range list {
			removals.Go(func() { _ = remove(c.ID) }) // some may be in use or gone already
		}
		for i := range 4 { // while they are being removed, too
			// One that has its call when it is killed takes that with it.
			if _, err := s.call(f, fmt.Sprint(round, i)); err != nil && sdk.KindOf(err) != sdk.Broken {
				t.Errorf("%s: %v", sdk.KindOf(err), err)
			}
		}
		removals.Wait()
		s.answers(f, "afterwards")
	}
}

func TestAFullEngineSaysSo(t *testing.T) {
	p := enginetest.Small(t, 48<<20)
	s := newSite(t, p.Client, "full", `{"images": {"exec": ""}, "warm": 0}`)
	f := s.deployed(s.function("f"))
	s.answers(f, "room")
	p.Fill()
	var err error
	until(t, "no worker waits any more", func() bool { _, err = s.call(f, "none"); return err != nil })
	if sdk.KindOf(err) != sdk.ResourceExhausted || !strings.Contains(mend(err), "docker system prune") {
		t.Errorf("%s: %v (%s)", sdk.KindOf(err), err, mend(err))
	}
	until(t, "the checks say so", func() bool {
		p.Fill() // what was being removed has left some room
		v, err := s.Validate(t.Context())
		return err == nil && slices.ContainsFunc(v.Checks, func(check sdk.Check) bool {
			return check.State == sdk.CheckFailed && strings.Contains(check.Hint, "docker system prune")
		})
	})
	p.Empty()
	s.answers(f, "room again")
}
