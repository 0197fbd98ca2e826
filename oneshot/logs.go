package oneshot

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"github.com/fnhost/fn/oneshot/logbook"
	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
)

// Logs returns what the function printed, in calls of any process. What the
// calls of this one printed is there as soon as they have returned.
func (s *Server[K]) Logs(ctx context.Context, function string, tail int, each func(sdk.LogRecord) error) error {
	if _, err := s.records.Get(function); errors.Is(err, fs.ErrNotExist) {
		return known(function, err)
	}
	s.logs.flush()
	return s.logs.shelf.Read(record.Escape(function), tail, each)
}

// scribe writes logs in the background, in the order they were handed in.
type scribe struct {
	shelf *logbook.Shelf

	mu      sync.Mutex
	changed sync.Cond
	pending []note
	taken   int // notes handed in, ever
	written int // of those
	closed  bool
	done    chan struct{}
}

type note struct {
	function string
	lines    *logbook.Lines
}

func newScribe(shelf *logbook.Shelf) *scribe {
	s := &scribe{shelf: shelf, done: make(chan struct{})}
	s.changed.L = &s.mu
	go s.write()
	return s
}

// take hands in a call's lines, at once.
func (s *scribe) take(function string, lines *logbook.Lines) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, note{function, lines})
	s.taken++
	s.changed.Broadcast()
}

func (s *scribe) write() {
	defer close(s.done)
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		for len(s.pending) == 0 {
			if s.closed {
				return
			}
			s.changed.Wait()
		}
		next := s.pending[0]
		s.pending = s.pending[1:]
		s.mu.Unlock()
		// Nobody waits for it, and a log that cannot be kept (a full disk) does
		// not fail a call that went well.
		_ = s.shelf.Write(record.Escape(next.function), next.lines.All())
		s.mu.Lock()
		s.written++
		s.changed.Broadcast()
	}
}

// flush returns when everything handed in so far is written.
func (s *scribe) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for wanted := s.taken; s.written < wanted; {
		s.changed.Wait()
	}
}

func (s *scribe) remove(function string) error {
	s.flush()
	return s.shelf.Remove(record.Escape(function))
}

// close writes what was handed in and ends.
func (s *scribe) close() {
	s.mu.Lock()
	s.closed = true
	s.changed.Broadcast()
	s.mu.Unlock()
	<-s.done
}
