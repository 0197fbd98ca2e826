package client

import (
	"bytes"
	"context"
	"errors"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// Calls makes calls one after the other on one connection, which is made when
// there is none and kept. Where a host has ended between two calls, the next is
// made with another one. It must not be used from several goroutines at once.
type Calls struct {
	client *Client
	conn   *response
	frames *api.FrameReader
	sent   chan struct{} // closed once the event of the last call is sent; nil: it was at once
	buf    bytes.Buffer
}

// Calls returns a maker of calls. Close ends it.
func (c *Client) Calls() *Calls { return &Calls{client: c} }

// Close closes the connection.
func (k *Calls) Close() {
	if k.conn != nil {
		k.conn.conn.Close()
		k.conn = nil
	}
}

// errNotBegun says that the host of a connection took up no call any more.
var errNotBegun = errors.New("the host has ended before the call")

// Run is Client.Run with an event in memory.
func (k *Calls) Run(ctx context.Context, req api.RunRequest, event []byte, out Output) (end api.RunEnd, err error) {
	for again := true; again; again = errors.Is(err, errNotBegun) && ctx.Err() == nil {
		end, err = k.once(ctx, req, event, out)
		if err != nil {
			k.Close()
		}
	}
	if ctx.Err() != nil && err != nil {
		err = fault.From(context.Cause(ctx))
	}
	return end, err
}

// once makes the call on the connection there is, or on a new one.
func (k *Calls) once(ctx context.Context, req api.RunRequest, event []byte, out Output) (api.RunEnd, error) {
	if k.conn == nil {
		return k.first(ctx, req, event, out)
	}
	conn := k.conn
	stop := context.AfterFunc(ctx, func() { conn.conn.Close() })
	defer stop()
	if k.sent != nil {
		<-k.sent // its call has ended: the host takes the rest, or the connection is closed
	}
	rest := k.frame(api.FrameNext, req.Append(nil), event)
	if n, err := conn.conn.Write(k.buf.Bytes()); err != nil && n == 0 {
		return api.RunEnd{}, errNotBegun
	}
	k.send(rest)
	return k.receive(ctx, out)
}

// first makes a connection and the first call on it.
func (k *Calls) first(ctx context.Context, req api.RunRequest, event []byte, out Output) (api.RunEnd, error) {
	call, err := k.client.call(req)
	if err != nil {
		return api.RunEnd{}, err
	}
	rest := k.frame(api.FrameCall, call, event)
	k.client.connecting.Lock() // one starts the host, not all
	conn, err := k.client.admitted(ctx, upgrade(k.client.o.Build, k.buf.Bytes()))
	k.client.connecting.Unlock()
	if err != nil {
		return api.RunEnd{}, err
	}
	k.conn, k.frames = conn, api.NewFrameReader(conn.body)
	defer conn.stop()
	k.send(rest)
	return k.receive(ctx, out)
}

// frame encodes the call, and a small event with it: the rest is sent while the
// host answers.
func (k *Calls) frame(kind byte, call, event []byte) (rest []byte) {
	k.buf.Reset()
	w := api.NewFrameWriter(&k.buf)
	w.Write(kind, call) //nolint:errcheck // memory does not fail
	if len(event) > api.ChunkSize {
		return event
	}
	if len(event) > 0 {
		w.Write(api.FrameEvent, event) //nolint:errcheck
	}
	w.Write(api.FrameEvent, nil) //nolint:errcheck
	return nil
}

// send sends an event that is not small.
func (k *Calls) send(event []byte) {
	if k.sent = nil; event == nil {
		return
	}
	sent, frames := make(chan struct{}), api.NewFrameWriter(k.conn.conn)
	k.sent = sent
	go func() {
		defer close(sent)
		send(frames, bytes.NewReader(event), func(error) {})
	}()
}

// receive hands everything to out until the call ends.
func (k *Calls) receive(ctx context.Context, out Output) (api.RunEnd, error) {
	end, err := receive(k.frames, out)
	if err == errNotBegun || err == nil {
		return end, err
	}
	return end, k.conn.failure(ctx, "run", err)
}
