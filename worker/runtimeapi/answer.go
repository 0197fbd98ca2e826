package runtimeapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/fnhost/fn/worker"
)

// typeHeader is the header, or trailer, with an error's type.
const typeHeader = "Lambda-Runtime-Function-Error-Type"

// response passes the answer on as it comes, whether it is said to be streamed
// or not. A streamed one may end in an error.
func (s *Server) response(w http.ResponseWriter, r *http.Request) {
	if !s.takes(w, r) {
		return
	}
	failure, status := s.pass(r)
	s.to(answered, answering)
	s.end(failure)
	if status != http.StatusAccepted {
		refuse(w, status, string(failure.Kind), failure.Message)
		return
	}
	accept(w)
}

// pass returns how the answer failed, and the status for the function.
func (s *Server) pass(r *http.Request) (*worker.Failure, int) {
	left := int64(worker.MaxResultBytes)
	if r.ContentLength > left {
		return tooLarge(), http.StatusRequestEntityTooLarge
	}
	piece := make([]byte, worker.ChunkBytes)
	for {
		n, err := r.Body.Read(piece)
		if left -= int64(n); left < 0 {
			return tooLarge(), http.StatusRequestEntityTooLarge
		}
		if n > 0 {
			s.offer.Result(piece[:n]) //nolint:errcheck // if nobody listens the call is about to end
		}
		switch {
		case errors.Is(err, io.EOF):
			return trailing(r.Trailer), http.StatusAccepted
		case err != nil:
			return &worker.Failure{Kind: worker.FunctionFailed, Message: brokeOff + err.Error()}, http.StatusBadRequest
		}
	}
}

const brokeOff = "the function's answer broke off: "

func tooLarge() *worker.Failure {
	return &worker.Failure{Kind: worker.ResourceExhausted, Message: fmt.Sprintf("the result is larger than %d MiB", worker.MaxResultBytes>>20)}
}

// trailing is the error after a streamed answer; nil if there is none.
func trailing(trailer http.Header) *worker.Failure {
	kind, body := trailer.Get(typeHeader), trailer.Get("Lambda-Runtime-Function-Error-Body")
	if kind == "" && body == "" {
		return nil
	}
	text, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		text = []byte(body)
	}
	return failure("", kind, text)
}

// callError takes the error that the call ended in.
func (s *Server) callError(w http.ResponseWriter, r *http.Request) {
	if !s.takes(w, r) {
		return
	}
	f := failed("", r)
	s.to(answered, answering)
	s.end(f)
	accept(w)
}

// initError takes the error that there will be no call for.
func (s *Server) initError(w http.ResponseWriter, r *http.Request) {
	if !s.to(answered, loading) {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the function is initialised already")
		return
	}
	s.end(failed("the code failed to load: ", r))
	accept(w)
}

// takes tells whether a request may answer the call. Only one may.
func (s *Server) takes(w http.ResponseWriter, r *http.Request) bool {
	switch {
	case r.PathValue("id") != s.id():
		refuse(w, http.StatusForbidden, "InvalidRequestID", "there is no call with this id")
		return false
	case !s.to(answering, working):
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the call is answered already")
		return false
	}
	return true
}

// id is that of the call, once there is one.
func (s *Server) id() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.offer.ID
}

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, `{"status":"OK"}`+"\n")
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"errorMessage": message, "errorType": kind}) //nolint:errcheck // the function may be gone
}
