package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
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
	Note(text string)                // for people
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
		defer leave()
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			refuse(w, http.StatusInternalServerError, api.Refusal{Message: err.Error()})
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Time{}) //nolint:errcheck // none is set but by a server with timeouts
		if _, err := fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", api.Protocol); err != nil {
			return
		}
		runFrames(r.Context(), o, f, conn, rw.Reader)
	})
}

// runFrames serves one call on a connection that speaks frames.
func runFrames(ctx context.Context, o *Options, f RunFunc, conn net.Conn, buffered *bufio.Reader) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := &output{ctx: ctx, frames: api.NewFrameWriter(conn)}
	frames := api.NewFrameReader(buffered)
	call, req, err := readCall(frames)
	if err != nil {
		out.end(api.RunEnd{Error: fault.New(fault.Invalid, "frame: %w", err).In("host", runName)})
		return
	}
	in := receive(frames, out, cancel)
	end := perform(ctx, o, f, api.Caller{Env: call.Env, Dir: call.Dir}, req, in.event, out)
	in.stop()
	out.end(end)
	in.drain(conn)
}

func readCall(frames *api.FrameReader) (call api.Call, req api.RunRequest, err error) {
	kind, payload, err := frames.Read()
	if err != nil {
		return call, req, err
	}
	if kind != api.FrameCall {
		return call, req, fmt.Errorf("expected %q, got %q", api.FrameCall, kind)
	}
	if err := json.Unmarshal(payload, &call); err != nil {
		return call, req, err
	}
	return call, req, json.Unmarshal(call.Request, &req)
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
