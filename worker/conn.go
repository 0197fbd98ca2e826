package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/fnhost/fn/worker/frame"
)

// Conn drives one worker over its stream: Hello, then Inject, then Call, each
// once and one after the other. When the context of one of them is done the
// stream is closed, and that ends the worker.
//
// Every error is a *Failure. After one the worker is of no further use.
type Conn struct {
	stream io.ReadWriteCloser
	in     *frame.Reader
	out    *frame.Writer
	close  func() error
}

// NewConn returns the driving side of stream. Closing stream must make a
// blocked Read and Write of it return.
func NewConn(stream io.ReadWriteCloser) *Conn {
	return &Conn{
		stream: stream,
		in:     frame.NewReader(stream),
		out:    frame.NewWriter(stream),
		close:  sync.OnceValue(stream.Close),
	}
}

// Close ends the worker with everything its function started, called or not.
// It may be called at any time, more than once.
func (c *Conn) Close() error { return c.close() }

// Output takes what the function writes, in order, from one goroutine. The
// bytes are valid until the method returns. An error ends the call with it.
type Output interface {
	Log(stream Stream, p []byte) error
	Result(p []byte) error
}

// Hello waits until the worker is ready.
func (c *Conn) Hello(ctx context.Context) (Hello, error) {
	defer c.closeWith(ctx)()
	var hello Hello
	early, err := c.receive(frame.Hello, &hello, nil)
	if err := c.failed(ctx, "it was ready", early.Failure, err); err != nil {
		return hello, err
	}
	if hello.Protocol != Protocol {
		return hello, &Failure{Kind: Broken, Message: fmt.Sprintf(
			"the worker speaks protocol %d, wanted %d", hello.Protocol, Protocol)}
	}
	return hello, nil
}

// Inject makes the worker a function: it sends the zip that code yields and
// waits until the function is loaded. out takes what is logged meanwhile; nil
// drops it. A nil code is an empty one, or one that is placed already.
//
// User code that fails to load is a FunctionFailed, a missing handler or a
// damaged bundle Invalid, bytes that do not have the injection's digest Broken.
// With an error that the worker told, Ack.InitMicros is the time that it took.
func (c *Conn) Inject(ctx context.Context, injection Injection, code io.Reader, out Output) (Ack, error) {
	defer c.closeWith(ctx)()
	sent := c.sendAside(frame.Inject, injection, frame.Code, frame.CodeEnd, code)
	var ack Ack
	early, err := c.receive(frame.Ack, &ack, out)
	if err := c.failed(ctx, "the function was loaded", early.Failure, sent.cause(err)); err != nil {
		return Ack{InitMicros: early.InitMicros}, err
	}
	return ack, ack.matches(injection)
}

// Call runs the function once. The event is sent while log and result come
// back, so both may be endless. End.Failure is how the function failed; an
// error means that the call was cut short and nothing is known of its outcome.
//
// When Call returns before the event was read to its end, one Read of it may
// still be under way; what it yields is dropped.
func (c *Conn) Call(ctx context.Context, call Call, event io.Reader, out Output) (End, error) {
	defer c.closeWith(ctx)()
	sent := c.sendAside(frame.Call, call, frame.Event, frame.EventEnd, event)
	var end End
	_, err := c.receive(frame.End, &end, out)
	return end, c.failed(ctx, "the function answered", nil, sent.cause(err))
}

func (c *Conn) closeWith(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { c.Close() })
}

// receive passes output on until the wanted message or an early End arrives,
// which has a failure.
func (c *Conn) receive(want frame.Type, into any, out Output) (early End, err error) {
	for {
		kind, payload, err := c.in.Next()
		switch {
		case err != nil:
			return early, err
		case kind == want:
			return early, json.Unmarshal(payload, into)
		case kind == frame.End:
			if err := json.Unmarshal(payload, &early); err != nil {
				return early, err
			}
			if early.Failure == nil {
				return early, fmt.Errorf("the worker sent End in place of %s", want)
			}
			return early, nil
		case kind == frame.Log && len(payload) > 0:
			err = log(out, Stream(payload[0]), payload[1:])
		case kind == frame.Result && want == frame.End:
			err = result(out, payload)
		default:
			err = fmt.Errorf("the worker sent %s in place of %s", kind, want)
		}
		if err != nil {
			return early, err
		}
	}
}

func log(out Output, stream Stream, p []byte) error {
	if out == nil {
		return nil
	}
	return out.Log(stream, p)
}

func result(out Output, p []byte) error {
	if out == nil {
		return nil
	}
	return out.Result(p)
}
