package serve

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// RunFunc performs one call. The event is read as fast as it is consumed, never
// faster, and need not be read to its end. The context ends when the caller
// goes away. The outcome may be left empty: it follows from the error.
type RunFunc func(ctx context.Context, from api.Caller, req api.RunRequest, event io.Reader, out RunOutput) api.RunEnd

// RunOutput takes what a call produces; its methods may be used from several
// goroutines. They block while the caller does not read, and fail with Canceled
// when it has gone. None may be used after the RunFunc has returned.
type RunOutput interface {
	api.Reporter                     // for people, of what is done before the call
	Log(stderr bool, p []byte) error // what the function printed
	Result(p []byte) error           // the next bytes of its result
}

const runName = "run"

// HandleRun makes mux answer Run by calling f: upgrade, then frames, see
// package api.
func HandleRun(mux *http.ServeMux, o *Options, f RunFunc) {
	mux.HandleFunc("POST "+api.RunPath, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != api.Protocol {
			w.Header().Set("Upgrade", api.Protocol)
			refuse(w, http.StatusUpgradeRequired, api.Refusal{Build: o.Build})
			return
		}
		leave, ok := o.admit(w, runName, r.Header.Get(api.BuildHeader))
		if !ok {
			return
		}
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			leave()
			refuse(w, http.StatusInternalServerError, api.Refusal{Message: err.Error()})
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Time{}) //nolint:errcheck // none is set but by a server with timeouts
		if _, err := fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", api.Protocol); err != nil {
			leave()
			return
		}
		newConnection(r.Context(), o, f, conn, rw.Reader).serve(leave)
	})
}

func perform(ctx context.Context, o *Options, f RunFunc, from api.Caller, req api.RunRequest, event io.Reader, out RunOutput) (end api.RunEnd) {
	var err error
	defer func() {
		if err != nil {
			end = api.RunEnd{Function: req.Name, Error: fault.From(err)}
		}
		end.Outcome = outcome(end)
	}()
	defer o.recovered(runName, &err)
	return f(ctx, from, req, event, out)
}

func outcome(end api.RunEnd) string {
	switch {
	case end.Outcome != "":
		return end.Outcome
	case end.Error != nil:
		return string(end.Error.Kind)
	default:
		return api.OutcomeOK
	}
}
