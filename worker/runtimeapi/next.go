package runtimeapi

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/fnhost/fn/worker"
)

// next hands out the event. Whoever asks before there is one waits for it, and
// whoever asks after the answer waits for ever.
func (s *Server) next(w http.ResponseWriter, r *http.Request) {
	switch {
	case s.to(waiting, loading):
		close(s.ready)
	case s.to(answered, working):
		const message = "the function asked for another event before it answered this one"
		s.end(&worker.Failure{
			Kind: worker.FunctionFailed, Message: message,
			Function: &worker.FunctionError{ErrorMessage: message, ErrorType: "Runtime.InvalidStateTransition"},
		})
		refuse(w, http.StatusForbidden, "InvalidStateTransition", message)
		return
	default:
		s.asksAgain()
	}
	for {
		select {
		case <-r.Context().Done():
			return // it gave up; the event is for who asks next
		case <-s.offered:
		}
		if s.to(working, waiting) {
			s.deliver(w)
			return
		}
		<-r.Context().Done()
		return
	}
}

// asksAgain notes that the function is through with its call.
func (s *Server) asksAgain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != answered {
		return
	}
	select {
	case <-s.again:
	default:
		close(s.again)
	}
}

// deliver writes the event. A small one has its length told; of a larger one
// only a piece is in memory at a time.
func (s *Server) deliver(w http.ResponseWriter) {
	defer s.offer.Event.Close()
	head := w.Header()
	head.Set("Content-Type", "application/json")
	head.Set("Lambda-Runtime-Aws-Request-Id", s.offer.ID)
	head.Set("Lambda-Runtime-Invoked-Function-Arn", s.offer.ARN)
	head.Set("Lambda-Runtime-Trace-Id", traceID())
	head.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(s.offer.Deadline.UnixMilli(), 10))
	piece := make([]byte, worker.ChunkBytes)
	n, err := io.ReadFull(s.offer.Event, piece)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		head.Set("Content-Length", strconv.Itoa(n))
		w.Write(piece[:n])
		return
	}
	if _, err := w.Write(piece[:n]); err != nil {
		return
	}
	// A cut event must not look like a whole one.
	if _, err := io.CopyBuffer(w, struct{ io.Reader }{s.offer.Event}, piece); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// traceID is an X-Ray trace id that nothing is recorded under.
func traceID() string {
	random := make([]byte, 12)
	rand.Read(random) // never fails
	return fmt.Sprintf("Root=1-%08x-%x;Sampled=0", time.Now().Unix(), random)
}
