package docker

import (
	"context"
	"time"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
)

const (
	// lookLimit bounds a look at the engine for what functions need.
	lookLimit = 3 * time.Second
	// untilAgain is the time between attempts to reach an engine.
	untilAgain = 500 * time.Millisecond
)

// Watch tells of changes of the functions, and of what they need of the engine. One
// that does not answer when it begins is waited for.
func (c *Component) Watch(ctx context.Context, each func(sdk.Observation) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go c.await(ctx)
	return c.server.Watch(ctx, each)
}

// await returns when the engine answers, if there are functions that want it to.
func (c *Component) await(ctx context.Context) {
	if records, err := c.server.Records(); err == nil && len(records) == 0 {
		return
	}
	for ctx.Err() == nil {
		if _, err := c.up(ctx); err == nil {
			c.server.Changed()
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(untilAgain):
		}
	}
}

// Conditions implements oneshot.Backend.
func (b backend) Conditions(ctx context.Context, records []record.Record) []oneshot.Condition {
	if len(records) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, lookLimit, sdk.Errorf(sdk.Unavailable, "the engine does not answer"))
	defer cancel()
	to, err := b.c.up(ctx)
	if err == nil {
		err = to.launcher.Outage()
	}
	conditions := make([]oneshot.Condition, len(records))
	for i, r := range records {
		if conditions[i] = unknown(ctx, err); err == nil {
			conditions[i] = to.condition(ctx, r)
		}
	}
	return conditions
}

// condition tells whether the images are there that calls of a function need.
func (l *linked) condition(ctx context.Context, r record.Record) oneshot.Condition {
	for i, ref := range r.Images {
		_, there, err := l.images.Find(ctx, ref)
		switch {
		case err != nil:
			l.launcher.Missed(err)
			return unknown(ctx, err)
		case there:
		case i > 0, ref == program.ImageRef:
			return oneshot.Condition{Reason: "the image " + ref + ", which is made here, is gone; the next call has it made again"}
		default:
			return oneshot.Condition{Reason: "the image " + ref + " is gone; the next call pulls it"}
		}
	}
	return oneshot.Condition{}
}

// unknown is the condition of what cannot be told because of an error, if any.
func unknown(ctx context.Context, err error) oneshot.Condition {
	switch {
	case err == nil:
		return oneshot.Condition{}
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	}
	return oneshot.Condition{Unknown: true, Reason: failed("", err).Message}
}
