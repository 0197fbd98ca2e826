package host

import (
	"context"
	"errors"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

const (
	// silence is how long a plugin may take to say what it is, which costs it
	// nothing, before it counts as hung.
	silence = 5 * time.Second
	// patience is how long a plugin may work on anything but a call without
	// being asked whether it still answers.
	patience = 30 * time.Second
)

// attended has a plugin do something and, once that takes longer than patience,
// asks it now and then whether it still answers. One that does not, stopped or
// stuck, is ended: do fails with Broken, and the next call starts another. One
// that does may take its time.
func attended(ctx context.Context, p *process, patience time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(patience, func() {
		for ctx.Err() == nil {
			if !p.answers(ctx) && ctx.Err() == nil {
				hung := fault.New(fault.Broken, "the plugin (process %d) does not answer and was ended", p.PID()).
					WithHint("fn components check %s", p.component)
				p.hung.Store(hung) // first: nobody may be given it any more
				cancel(hung)
				p.Stop(ctx) // at once: ctx has ended
				return
			}
			select {
			case <-ctx.Done():
			case <-time.After(silence):
			}
		}
	})
	defer watch.Stop()
	err := do(ctx)
	if hung := p.hung.Load(); hung != nil && fault.KindOf(err) == fault.Broken {
		return hung // another call found it so
	}
	return endOf(ctx, err)
}

// answers tells whether the plugin reacts at all; an error is an answer.
func (p *process) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	_, _, err := p.Client().Describe(ctx)
	return err == nil || ctx.Err() == nil
}

// endOf is the error of what was done under ctx: what the component says of it,
// unless ctx has ended and knows better why.
func endOf(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	cause, kind := context.Cause(ctx), fault.KindOf(err)
	var known *fault.Error
	switch {
	case kind == fault.Internal:
		return cause
	case !errors.As(cause, &known):
		return err
	case kind == fault.Canceled, known.Kind == fault.Timeout, known.Kind == fault.Broken:
		return known
	}
	return err
}

// stoppedNow is how everything under way ends with the host.
func stoppedNow() error { return fault.New(fault.Canceled, "the host was stopped") }
