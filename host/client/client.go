package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/dirs"
	"github.com/fnhost/fn/sdk/fault"
)

// Options are what a client is made from.
type Options struct {
	Dirs       dirs.Dirs
	Build      string            // api.Identity(Manifest)
	Env        []string          // the caller's, sent with each request
	Dir        string            // the caller's working directory
	HostBinary string            // path of fn-host
	Manifest   string            // absolute path; empty: the one of Dirs
	NoHost     bool              // use a private host, see Close
	Note       func(text string) // hears why the client waits; nil: nobody does
	Waits      func()            // is called before each wait for somebody else; nil: nothing is
	Limits     Limits            // of waiting in silence
}

// Client sends requests to the host. It may be used from several goroutines.
type Client struct {
	o          Options
	private    privateHost
	connecting sync.Mutex // of Calls
}

// New returns a client; nothing is connected or started before the first
// request.
func New(o Options) *Client {
	if o.Note == nil {
		o.Note = func(string) {}
	}
	if o.Waits == nil {
		o.Waits = func() {}
	}
	o.Limits = o.Limits.orDefault()
	return &Client{o: o}
}

// Close ends the private host, if there is one.
func (c *Client) Close() error { return c.private.stop() }

// Do calls a method of the host. Notes and progress go to report, which may be
// nil.
func Do[Req, Resp any](ctx context.Context, c *Client, m api.Method[Req, Resp], req Req, report api.Reporter) (resp Resp, err error) {
	body, err := c.call(req)
	if err != nil {
		return resp, err
	}
	answer, err := c.admitted(ctx, method(m.Name, body))
	if err != nil {
		return resp, err
	}
	defer answer.close()
	result, err := readEvents(answer.body, report)
	if err != nil {
		return resp, answer.failure(ctx, m.Name, err)
	}
	return decode[Resp](result, m.Name)
}

func decode[Resp any](result json.RawMessage, operation string) (resp Resp, err error) {
	if err := json.Unmarshal(result, &resp); err != nil {
		return resp, fault.New(fault.Internal, "answer: %w", err).In("host", operation)
	}
	return resp, nil
}

// call encodes a request with all that accompanies it.
func (c *Client) call(req any) ([]byte, error) {
	request, err := encode(req)
	if err != nil {
		return nil, err
	}
	body := api.Call{Build: c.o.Build, Env: c.o.Env, Dir: c.o.Dir, Request: request}.Append(nil)
	if len(body) > api.MaxCall {
		return nil, fault.New(fault.ResourceExhausted, "the request and its environment have %d bytes, over the limit of %d", len(body), api.MaxCall)
	}
	return body, nil
}

func encode(req any) ([]byte, error) {
	if run, ok := req.(api.RunRequest); ok {
		return run.Append(nil), nil
	}
	request, err := json.Marshal(req)
	if err != nil {
		return nil, fault.New(fault.Internal, "request: %w", err)
	}
	return request, nil
}

// readEvents reads an answer to its one result or error.
func readEvents(body io.Reader, report api.Reporter) (json.RawMessage, error) {
	for events := json.NewDecoder(body); ; {
		var e api.Event
		if err := events.Decode(&e); err != nil {
			return nil, err
		}
		switch {
		case e.Error != nil:
			return nil, e.Error
		case e.Result != nil:
			return e.Result, nil
		case report == nil:
		case e.Progress != nil:
			report.Progress(*e.Progress)
		default:
			report.Note(e.Note)
		}
	}
}

// failure tells an error that the host answered from the end of the host, and
// that from the caller's own change of mind.
func (r *response) failure(ctx context.Context, operation string, err error) error {
	var answered *fault.Error
	var own outputError
	switch {
	case errors.As(err, &own):
		return own.error
	case errors.As(err, &answered):
		return answered
	case ctx.Err() != nil:
		return fault.From(context.Cause(ctx))
	default:
		return hostEnded(operation)
	}
}

func hostEnded(operation string) error {
	return fault.New(fault.Broken, "the host ended during the call").In("host", operation).
		WithHint("fn host logs    shows why; the next command starts it again")
}
