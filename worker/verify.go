package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"syscall"

	"github.com/fnhost/fn/worker/frame"
)

// matches compares what the worker applied with what it was sent.
func (a Ack) matches(injection Injection) error {
	if injection.CodeDigest != "" && a.CodeDigest != injection.CodeDigest {
		return &Failure{Kind: Broken, Message: fmt.Sprintf(
			"the worker got code %s, wanted %s", a.CodeDigest, injection.CodeDigest)}
	}
	if want := slices.Sorted(maps.Keys(injection.Env)); !slices.Equal(a.Env, want) {
		return &Failure{Kind: Broken, Message: fmt.Sprintf(
			"the worker set the environment names %q, wanted %q", a.Env, want)}
	}
	return nil
}

// failed turns what ended an exchange early into a Failure. before completes
// the sentence "the worker ended before …".
func (c *Conn) failed(ctx context.Context, before string, received *Failure, err error) error {
	if received == nil && err == nil {
		return nil
	}
	defer c.Close()
	if received != nil {
		return received
	}
	failure := &Failure{Kind: Broken, cause: err}
	var known *Failure
	var source errSource
	switch {
	case ctx.Err() != nil:
		failure.cause = context.Cause(ctx)
		failure.Kind, failure.Message = Canceled, "the call was canceled before "+before
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			failure.Kind, failure.Message = Timeout, "the time was over before "+before
		}
	case errors.As(err, &known):
		return known // from an Output that failed with one
	case errors.As(err, &source):
		failure.Kind, failure.Message = Internal, "reading what to send to the worker: "+source.Error()
	case ended(err):
		failure.Message = "the worker ended before " + before
	default:
		failure.Message = "the worker's stream broke before " + before + ": " + err.Error()
	}
	return failure
}

// ended reports whether err is how the death of the other side looks.
func ended(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, frame.ErrTruncated) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
