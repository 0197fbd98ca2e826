package runtimeapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"log"
	"net"
	"net/http"
	"sync"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/supervise"
)

// maxHeader is the most that the head of a request may have, in bytes: the
// official Go library sends up to 1 MiB of what it knows of an error in it.
const maxHeader = 2 << 20

// A Server serves one call. New starts it, Close ends it.
type Server struct {
	path     string // before the API's own, "" or "/SECRET"
	listener net.Listener
	http     http.Server

	ready   chan struct{} // the function asked for its event
	offered chan struct{} // there is one
	ended   chan struct{} // it was answered, or will not be
	again   chan struct{} // the function asked for another one

	mu      sync.Mutex
	state   state
	offer   supervise.Offer
	failure *worker.Failure // valid once ended is closed
}

var _ supervise.RuntimeAPI = (*Server)(nil)

// A state is how far the call has come.
type state int

const (
	loading   state = iota // until the function asks for its event
	waiting                // for the event
	working                // the function has it
	answering              // the answer is on its way
	answered
)

// New starts a server. With private nobody else can reach the loopback
// interface, and the address is a plain HOST:PORT.
func New(private bool) (supervise.RuntimeAPI, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{
		listener: listener,
		ready:    make(chan struct{}), offered: make(chan struct{}),
		ended: make(chan struct{}), again: make(chan struct{}),
	}
	if !private {
		secret := make([]byte, 16)
		rand.Read(secret) // never fails
		s.path = "/" + hex.EncodeToString(secret)
	}
	s.http = http.Server{Handler: s.routes(), MaxHeaderBytes: maxHeader, ErrorLog: log.New(io.Discard, "", 0)}
	go s.http.Serve(listener)
	return s, nil
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	runtime := s.path + "/2018-06-01/runtime"
	mux.HandleFunc("GET "+runtime+"/invocation/next", s.next)
	mux.HandleFunc("POST "+runtime+"/invocation/{id}/response", s.response)
	mux.HandleFunc("POST "+runtime+"/invocation/{id}/error", s.callError)
	mux.HandleFunc("POST "+runtime+"/init/error", s.initError)
	return mux
}

// Address is the value of AWS_LAMBDA_RUNTIME_API.
func (s *Server) Address() string { return s.listener.Addr().String() + s.path }

// Ready is closed when the function has asked for its event.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// Ended is closed when the function has answered, well or with an error.
func (s *Server) Ended() <-chan struct{} { return s.ended }

// Again is closed when the function, having answered, asks for another event:
// what it had to write about this one is written.
func (s *Server) Again() <-chan struct{} { return s.again }

// Failure is why the call failed. It may be asked once Ended is closed.
func (s *Server) Failure() *worker.Failure { return s.failure }

// Offer hands out the one event.
func (s *Server) Offer(o supervise.Offer) {
	s.mu.Lock()
	s.offer = o
	s.mu.Unlock()
	close(s.offered)
}

// Close ends the server and every connection.
func (s *Server) Close() error { return s.http.Close() }

// Rehearse asks for something that is not there: the first request of a process
// costs more than those that follow.
func (s *Server) Rehearse(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", s.listener.Addr().String())
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: fn\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, conn)
	return err
}

// to moves the call on if it is in one of the states.
func (s *Server) to(next state, from ...state) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range from {
		if s.state == f {
			s.state = next
			return true
		}
	}
	return false
}

// end settles how the call went. Who calls it has moved the state to answered,
// and so is the only one.
func (s *Server) end(failure *worker.Failure) {
	s.failure = failure
	close(s.ended)
}
