package docker

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

// sight is the last state of a function that Watch told.
type sight struct {
	t    *testing.T
	mu   sync.Mutex
	last sdk.FunctionStatus
}

// watch tells what is seen of a function until the test ends.
func (s *site) watch(t *testing.T, function string) *sight {
	seen := &sight{t: t}
	ctx, cancel := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = s.Watch(ctx, func(o sdk.Observation) error {
			seen.mu.Lock()
			defer seen.mu.Unlock()
			seen.last = sdk.FunctionStatus{}
			for _, f := range o.Functions {
				if f.Name == function {
					seen.last = f
				}
			}
			return nil
		})
	}()
	t.Cleanup(func() { cancel(); <-over })
	return seen
}

// shows waits until the function is so, and tells what came of it.
func (s *sight) shows(what string, right func(sdk.FunctionStatus) bool) (last sdk.FunctionStatus) {
	s.t.Helper()
	began := time.Now()
	defer func() {
		if s.t.Failed() {
			s.t.Logf("the last that was told: %+v", last)
		}
	}()
	until(s.t, what, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		last = s.last
		return right(last)
	})
	s.t.Logf("%s after %v: %s %q %v", what, time.Since(began).Round(time.Millisecond), last.State, last.Reason, last.Workers)
	return last
}

// one tells whether there is one worker, in that state.
func one(state sdk.WorkerState) func(sdk.FunctionStatus) bool {
	return func(f sdk.FunctionStatus) bool { return len(f.Workers) == 1 && f.Workers[0].State == state }
}

func TestWatchTellsWhatBecomesOfEngineImageAndContainer(t *testing.T) {
	p := enginetest.Private(t)
	ref := enginetest.Scratch(t, p.Client, nil)
	const settings = `{"warm": 0}`
	s := newSite(t, p.Client, "watched", settings)
	f := s.function("f")
	f.Runtime.Image, f.Warm, f.Timeout = ref, 1, time.Minute
	seen := s.watch(t, f.Name)
	seen.shows("nothing is there", func(f sdk.FunctionStatus) bool { return f.Name == "" })
	s.deployed(f)
	before := seen.shows("a worker waits", one(sdk.WorkerWaiting))

	if err := p.Client.ContainerPause(t.Context(), before.Workers[0].ID); err != nil {
		t.Fatal(err)
	}
	seen.shows("it is paused", one(sdk.WorkerPaused))
	if err := p.Client.ContainerUnpause(t.Context(), before.Workers[0].ID); err != nil {
		t.Fatal(err)
	}
	seen.shows("it goes on", one(sdk.WorkerWaiting))
	if err := p.Client.ContainerRemove(t.Context(), before.Workers[0].ID, container.RemoveOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	seen.shows("another waits in its place", func(f sdk.FunctionStatus) bool {
		return one(sdk.WorkerWaiting)(f) && f.Workers[0].ID != before.Workers[0].ID
	})

	call := make(chan error, 1)
	go func() { _, err := s.call(f, "last"); call <- err }()
	seen.shows("it runs", func(f sdk.FunctionStatus) bool {
		return f.State == sdk.StateRunning && f.Running == 1 && len(f.Workers) > 0
	})
	p.Stop()
	seen.shows("nobody knows", func(f sdk.FunctionStatus) bool {
		return f.State == sdk.StateUnknown && strings.Contains(f.Reason, "no engine answers")
	})
	if err := <-call; !named[sdk.KindOf(err)] || mend(err) == "" {
		t.Errorf("the call ended with %s: %v (%s)", sdk.KindOf(err), err, mend(err))
	}
	late := siteIn(t, s.dir, p.Client, "watched", settings) // which never saw the engine
	defer late.Close()
	seenLate := late.watch(t, f.Name)
	seenLate.shows("nobody knows, late", func(f sdk.FunctionStatus) bool { return f.State == sdk.StateUnknown && f.Reason != "" })
	p.Start()
	seenLate.shows("it is known, late", func(f sdk.FunctionStatus) bool { return f.State == sdk.StateDeployed && f.Reason == "" })
	seen.shows("it is known again", func(f sdk.FunctionStatus) bool { return f.State == sdk.StateDeployed && f.Reason == "" })

	if _, err := p.Client.ImageRemove(t.Context(), ref, image.RemoveOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	seen.shows("its image is gone", func(f sdk.FunctionStatus) bool { return strings.Contains(f.Reason, ref+" is gone") })
}

func TestNoCallIsHandedAPausedWorker(t *testing.T) {
	e := enginetest.Client(t)
	s := newSite(t, e, "paused", `{"images": {"exec": ""}, "warm": 0}`)
	f := s.function("f")
	f.Warm = 1
	seen := s.watch(t, f.Name)
	s.deployed(f)
	paused := seen.shows("a worker waits", one(sdk.WorkerWaiting)).Workers[0].ID
	if err := e.ContainerPause(t.Context(), paused); err != nil {
		t.Fatal(err)
	}
	seen.shows("it is paused", one(sdk.WorkerPaused))
	s.answers(f, "by another")
	seen.shows("another waits in its place", func(f sdk.FunctionStatus) bool {
		return one(sdk.WorkerWaiting)(f) && f.Workers[0].ID != paused
	})
}
