package supervise

import (
	"context"
	"io"
	"time"

	"github.com/fnhost/fn/worker"
)

// A RuntimeAPI serves the AWS Lambda Runtime API to one function, for one call.
// Package runtimeapi has it. It is handed in, so that only the program that
// serves the language provided carries an HTTP server.
type RuntimeAPI interface {
	// Address is the value of AWS_LAMBDA_RUNTIME_API.
	Address() string
	// Rehearse goes the way of a request once.
	Rehearse(context.Context) error
	// Ready is closed when the function has asked for its event.
	Ready() <-chan struct{}
	// Offer hands out the one event, once.
	Offer(Offer)
	// Ended is closed when the function has answered, well or with an error;
	// before Ready, that it cannot be initialised.
	Ended() <-chan struct{}
	// Failure is why the call failed, nil if it did not. Ended must be closed.
	Failure() *worker.Failure
	// Again is closed when the function, having answered, asks for another
	// event.
	Again() <-chan struct{}
	Close() error
}

// An Offer is the call for a RuntimeAPI to hand out.
type Offer struct {
	ID       string
	ARN      string
	Deadline time.Time
	Event    io.ReadCloser // closed when nobody reads it any more
	Result   func([]byte) error
}
