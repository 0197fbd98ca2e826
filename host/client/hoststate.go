package client

import (
	"context"
	"errors"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/lockfile"
	"github.com/fnhost/fn/sdk/fault"
)

// HostState asks the host, of whatever build, for its state and starts none:
// where none runs, Running is false.
func (c *Client) HostState(ctx context.Context) (api.HostState, error) {
	return ask(ctx, c, api.HostStatus, api.None{})
}

// StopHost ends the host, of whatever build, and returns when it has ended: with
// now its calls are canceled, else they are waited for. Where none runs,
// stopped is false.
func (c *Client) StopHost(ctx context.Context, now bool) (stopped bool, err error) {
	state, err := c.HostState(ctx)
	if err != nil || !state.Running {
		return false, err
	}
	if err := c.o.Dirs.Prepare(); err != nil {
		return false, fault.From(err)
	}
	if err := c.askToStop(ctx, now); err != nil {
		return false, err
	}
	return true, c.awaitEnd(ctx, state.PID)
}

// awaitEnd returns when the host with this pid is gone.
func (c *Client) awaitEnd(ctx context.Context, pid int) error {
	for {
		state, err := c.HostState(ctx)
		if err != nil || state.Running && state.PID != pid {
			return err
		}
		if !state.Running {
			free, err := c.endedUnderLock()
			if err != nil || free {
				return err
			}
		}
		if err := sleep(ctx, firstPause); err != nil {
			return err
		}
	}
}

// endedUnderLock looks at the host's lock, unless somebody is starting another
// host: then the one we wait for has ended too.
func (c *Client) endedUnderLock() (bool, error) {
	lock, err := lockfile.TryLock(c.startLock())
	switch {
	case errors.Is(err, lockfile.ErrLocked):
		return false, nil
	case err != nil:
		return false, fault.New(fault.Internal, "lock the start of the host: %w", err).In("host", "stop")
	}
	defer lock.Unlock() //nolint:errcheck
	return c.lockFree()
}

// askToStop asks the host to end; that none is there is fine.
func (c *Client) askToStop(ctx context.Context, now bool) error {
	_, err := ask(ctx, c, api.HostStop, api.HostStopRequest{Now: now})
	return err
}

// Peek calls a method of the host that is there, if one of our own build is: it
// starts none, ends none and waits for none. Otherwise the answer is the zero
// one.
func Peek[Req, Resp any](ctx context.Context, c *Client, m api.Method[Req, Resp], req Req) (Resp, error) {
	return ask(ctx, c, m, req)
}

// askLimit bounds a question that a host answers at once.
const askLimit = 10 * time.Second

// ask sends a request to the host that is there; those about the host itself
// are answered by every build. The zero answer means that none is, or that it ended meanwhile.
func ask[Req, Resp any](ctx context.Context, c *Client, m api.Method[Req, Resp], req Req) (resp Resp, err error) {
	body, err := c.call(req)
	if err != nil {
		return resp, err
	}
	limit, cancel := context.WithTimeoutCause(ctx, askLimit, fault.New(fault.Timeout, "it did not answer within %v", askLimit).
		In("host", m.Name).WithHint("kill the process fn-host; the next command starts it again"))
	defer cancel()
	r, err := c.try(limit, method(m.Name, body))
	if errors.As(err, new(*refusal)) {
		return resp, nil
	}
	if err != nil {
		return resp, err
	}
	defer r.close()
	result, err := readEvents(r.body, nil)
	if err != nil {
		if err = r.failure(limit, m.Name, err); fault.KindOf(err) == fault.Broken {
			err = nil
		}
		return resp, err
	}
	return decode[Resp](result, m.Name)
}
