package serve

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// Handle makes mux answer m by calling f. The context of f ends when the caller
// goes away or the server stops; what f reports reaches the caller at once.
func Handle[Req, Resp any](mux *http.ServeMux, o *Options, m api.Method[Req, Resp], f api.Func[Req, Resp]) {
	mux.HandleFunc("POST "+api.Version+m.Name, func(w http.ResponseWriter, r *http.Request) {
		// To its end: only then does net/http watch for the caller's going.
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, api.MaxCall))
		var call api.Call
		if err == nil {
			err = json.Unmarshal(body, &call)
		}
		if err != nil {
			refuse(w, http.StatusBadRequest, api.Refusal{Build: o.Build, Message: err.Error()})
			return
		}
		leave, ok := o.admit(w, m.Name, call.Build)
		if !ok {
			return
		}
		defer leave()
		w.Header().Set("Content-Type", "application/x-ndjson")
		s := &stream{enc: json.NewEncoder(w), flush: http.NewResponseController(w).Flush}
		// The status first: a caller without one may repeat the call.
		w.WriteHeader(http.StatusOK)
		if s.flush() != nil {
			return
		}
		resp, err := answer(r.Context(), o, m, f, call, s)
		s.end(resp, err)
	})
}

// answer decodes the request proper, calls f and survives its panic.
func answer[Req, Resp any](ctx context.Context, o *Options, m api.Method[Req, Resp], f api.Func[Req, Resp], call api.Call, report api.Reporter) (resp Resp, err error) {
	defer o.recovered(m.Name, &err)
	var req Req
	if len(call.Request) > 0 {
		if err := json.Unmarshal(call.Request, &req); err != nil {
			return resp, fault.New(fault.Invalid, "request: %w", err).In("host", m.Name)
		}
	}
	if err := o.ready(m.Name); err != nil {
		return resp, err
	}
	return f(ctx, api.Caller{Env: call.Env, Dir: call.Dir}, req, report)
}

// stream writes the events of one answer; it is its Reporter.
type stream struct {
	mu    sync.Mutex
	enc   *json.Encoder
	flush func() error
	ended bool // reports that come after the end are dropped
}

func (s *stream) Note(text string)        { s.send(api.Event{Note: text}, false) }
func (s *stream) Progress(p api.Progress) { s.send(api.Event{Progress: &p}, false) }

func (s *stream) end(resp any, err error) {
	if err == nil {
		var result json.RawMessage
		if result, err = json.Marshal(resp); err == nil {
			s.send(api.Event{Result: result}, true)
			return
		}
	}
	s.send(api.Event{Error: fault.From(err)}, true)
}

func (s *stream) send(e api.Event, last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	s.ended = last
	// A caller that has gone is seen by the context; writing to it may fail.
	if s.enc.Encode(e) == nil {
		s.flush() //nolint:errcheck
	}
}
