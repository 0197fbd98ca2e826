package container

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
)

const (
	// inStore is how many free holders there are of a network on which workers
	// come and go: as many as start at a time on a small machine.
	inStore = 2
	// unused is how long a free holder may be of no use.
	unused = time.Minute
)

// holders are those that serve no worker. Each serves one at a time, and the next
// only when the container of the last is gone and has left nothing.
//
// Nobody waits for one: without a free holder a worker gets a network of its own,
// which takes no longer than to make a holder first. Holders are made when workers
// end, so that a host that waits for calls has none but those it needs.
type holders struct {
	make   func(context.Context, container.NetworkMode) (*holder, error)
	ctx    context.Context // of what is being made
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	free    map[container.NetworkMode][]*holder // the last one used at the end
	making  map[container.NetworkMode]bool
	rest    time.Time // nothing is made before
	credits credits
	ageing  *time.Timer
	closed  bool
}

func newHolders(make func(context.Context, container.NetworkMode) (*holder, error)) *holders {
	h := &holders{make: make, free: map[container.NetworkMode][]*holder{}, making: map[container.NetworkMode]bool{}, credits: credits{}}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.ageing = time.AfterFunc(unused, h.age)
	return h
}

// suits tells whether workers of a kind may leave a network clean. Those of
// provided speak HTTP on theirs.
func suits(kind Kind) bool { return kind.Language != "provided" }

// take returns a holder for a worker, nil where there is none for it.
func (s *holders) take(network container.NetworkMode, kind Kind) *holder {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !suits(kind) || !s.credits.good(kind) {
		return nil
	}
	for free := s.free[network]; len(free) > 0; free = s.free[network] {
		last := free[len(free)-1]
		s.free[network] = free[:len(free)-1]
		if !closed(last.life.ended) {
			return last
		}
		s.work.Go(last.end)
	}
	return nil
}

// done is told that a worker is over. last is its holder, or nil; gone tells
// whether its container is removed.
func (s *holders) done(network container.NetworkMode, kind Kind, last *holder, gone bool) {
	if !suits(kind) {
		return
	}
	clean := last != nil && gone && last.clean()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case last == nil:
		s.credits.alone(kind)
	case clean:
		s.credits.clean(kind)
	default:
		s.credits.dirty(kind)
	}
	if clean && !s.closed {
		last.since = time.Now()
		s.free[network] = append(s.free[network], last)
		return
	}
	if last != nil {
		s.work.Go(last.end)
	}
	if s.credits.good(kind) {
		s.replenish(network)
	}
}

// replenish makes a holder if there are few, one at a time.
func (s *holders) replenish(network container.NetworkMode) {
	if s.closed || s.making[network] || time.Now().Before(s.rest) || len(s.free[network]) >= inStore {
		return
	}
	s.making[network] = true
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(s.ctx, readyLimit)
		defer cancel()
		made, err := s.make(ctx, network)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.making[network] = false
		switch {
		case err != nil: // workers do without
			s.rest = time.Now().Add(unused)
		case s.closed:
			s.work.Go(made.end)
		default:
			made.since = time.Now()
			s.free[network] = append(s.free[network], made)
		}
	})
}

// age ends the holders that were free for long.
func (s *holders) age() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	for network, free := range s.free {
		s.free[network] = slices.DeleteFunc(free, func(h *holder) bool {
			old := time.Since(h.since) > unused
			if old {
				s.work.Go(h.end)
			}
			return old
		})
	}
	s.ageing.Reset(unused / 2)
}

// close returns when all are ended. All workers must be stopped.
func (s *holders) close() {
	s.cancel()
	s.mu.Lock()
	s.closed = true
	s.ageing.Stop()
	for _, free := range s.free {
		for _, h := range free {
			s.work.Go(h.end)
		}
	}
	clear(s.free)
	s.mu.Unlock()
	s.work.Wait()
}
