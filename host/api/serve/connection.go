package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// drainFor bounds the reading of what a caller still sends after the end of its
// last call: closing at once could cost it the end on some systems.
const drainFor = time.Second

// connection speaks frames: one call after the other. One goroutine reads, so
// that the caller's going is noticed during a call; another one performs.
type connection struct {
	o      *Options
	f      RunFunc
	conn   net.Conn
	in     *bufio.Reader
	frames *api.FrameReader
	out    *api.FrameWriter
	from   api.Caller // of every call

	ctx    context.Context // ends when the caller goes away or speaks out of turn
	cancel context.CancelCauseFunc
	calls  chan *incoming // one may be read before the one before has ended
}

func newConnection(ctx context.Context, o *Options, f RunFunc, conn net.Conn, in *bufio.Reader) *connection {
	c := &connection{
		o: o, f: f, conn: conn, in: in,
		frames: api.NewFrameReader(in),
		out:    api.NewFrameWriter(conn),
		calls:  make(chan *incoming, 1),
	}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	return c
}

// serve performs calls until the caller closes or the host is ending. The first
// one was admitted with the connection: leave is its end.
func (c *connection) serve(leave func()) {
	defer c.cancel(nil)
	go c.read()
	in := <-c.calls
	for in != nil {
		c.perform(in)
		if c.ctx.Err() != nil || c.ending() {
			break
		}
		leave()
		var ok bool
		if in = c.next(); in == nil {
			leave = func() {}
		} else if leave, ok = c.enter(); !ok {
			break
		}
	}
	if err := fault.From(context.Cause(c.ctx)); in == nil && c.ctx.Err() != nil && err.Kind == fault.Invalid {
		(&output{ctx: c.ctx, frames: c.out}).end(api.RunEnd{Outcome: string(err.Kind), Error: err})
	}
	c.drain()
	leave()
}

// enter admits one more call. One that comes too late is told so.
func (c *connection) enter() (leave func(), ok bool) {
	if c.o.Enter == nil {
		return func() {}, true
	}
	leave, ok = c.o.Enter(runName)
	if leave == nil {
		leave = func() {}
	}
	if !ok {
		c.out.Write(api.FrameEnding, nil) //nolint:errcheck // the caller may be gone
	}
	return leave, ok
}

// ending tells the caller that the host is ending, if it is.
func (c *connection) ending() bool {
	select {
	case <-c.o.Ending:
		c.out.Write(api.FrameEnding, nil) //nolint:errcheck // the caller may be gone
		return true
	default:
		return false
	}
}

// next waits for another call; nil: there is none.
func (c *connection) next() *incoming {
	select {
	case in := <-c.calls:
		return in
	case <-c.o.Ending:
		c.ending()
		return nil
	}
}

// drain reads on until the caller, having seen the end, closes.
func (c *connection) drain() {
	c.conn.SetReadDeadline(time.Now().Add(drainFor)) //nolint:errcheck // then it takes until the close
	for range c.calls {
	}
}

func (c *connection) perform(in *incoming) {
	ctx, cancel := context.WithCancelCause(c.ctx)
	defer cancel(nil)
	out := &output{ctx: ctx, frames: c.out}
	end := perform(ctx, c.o, c.f, c.from, in.request, in.event, out)
	in.stop()
	if in.request.Brief && end.Error == nil {
		c.out.Write(api.FrameEnd, nil) //nolint:errcheck // the caller may be gone
		return
	}
	out.end(end)
}

// accept understands the frame that begins a call.
func (c *connection) accept(kind byte, payload []byte) (*incoming, error) {
	request := json.RawMessage(payload)
	if kind == api.FrameCall {
		var call api.Call
		if err := json.Unmarshal(payload, &call); err != nil {
			return nil, err
		}
		c.from, request = api.Caller{Env: call.Env, Dir: call.Dir}, call.Request
	}
	in := &incoming{}
	return in, json.Unmarshal(request, &in.request)
}
