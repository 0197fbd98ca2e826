package client

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/lockfile"
	"github.com/fnhost/fn/sdk/fault"
)

// HostState asks the host, of whatever build, for its state and starts none:
// where none runs, Running is false. A host that holds its lock and cannot be
// reached is Broken.
func (c *Client) HostState(ctx context.Context) (api.HostState, error) {
	return c.settled(ctx, "status", c.gone)
}

// StopHost ends the host, of whatever build, and returns when it has ended: with
// now its calls are canceled, else they are waited for. Where none runs,
// stopped is false.
func (c *Client) StopHost(ctx context.Context, now bool) (stopped bool, err error) {
	return c.end(ctx, now, c.gone)
}

// WithoutHost ends the host as StopHost does, and calls do while none can start.
func (c *Client) WithoutHost(ctx context.Context, now bool, do func() error) error {
	// Without the lock: whoever waits for the host's end may hold it.
	if _, err := c.StopHost(ctx, now); err != nil {
		return err
	}
	if err := c.o.Dirs.Prepare(); err != nil {
		return fault.From(err)
	}
	lock, err := c.holdStart(ctx)
	if err != nil {
		return err
	}
	defer lock.Unlock()                                    //nolint:errcheck // it ends with the process at the latest
	if _, err := c.end(ctx, now, c.lockFree); err != nil { // one that was started meanwhile
		return err
	}
	return do()
}

// holdStart waits for the start lock.
func (c *Client) holdStart(ctx context.Context) (*lockfile.Lock, error) {
	for w := c.wait(); ; {
		lock, err := c.tryStartLock("stop")
		if lock != nil || err != nil {
			return lock, err
		}
		w.note("another command is starting or ending the host; waiting for it")
		if w.silent() {
			return nil, c.startHeld("stop")
		}
		if err := sleep(ctx, firstPause); err != nil {
			return nil, err
		}
	}
}

// end stops the host. That it is gone is for gone to say: with the start lock
// held lockFree, else c.gone.
func (c *Client) end(ctx context.Context, now bool, gone func() (bool, error)) (stopped bool, err error) {
	state, err := c.settled(ctx, "stop", gone)
	if err != nil || !state.Running {
		return false, err
	}
	if err := c.askToStop(ctx, now); err != nil {
		return false, err
	}
	return true, c.awaitEnd(ctx, state.PID, gone)
}

// settled is the state of the host once it is sure. One that starts or ends
// holds the lock for a moment without answering.
func (c *Client) settled(ctx context.Context, operation string, gone func() (bool, error)) (state api.HostState, err error) {
	for w := c.wait(); ; {
		state, err = ask(ctx, c, api.HostStatus, api.None{})
		if err != nil || state.Running {
			return state, err
		}
		free, err := gone()
		if free || err != nil {
			return state, err
		}
		w.note("a host holds " + c.o.Dirs.LockFile() + "; waiting for its answer")
		if time.Since(w.begun) >= c.o.Limits.Answer {
			return state, c.heldBy(operation)
		}
		if err := sleep(ctx, firstPause); err != nil {
			return state, err
		}
	}
}

// awaitEnd returns when the host with this pid is gone.
func (c *Client) awaitEnd(ctx context.Context, pid int, gone func() (bool, error)) error {
	for w := c.wait(); ; {
		state, err := ask(ctx, c, api.HostStatus, api.None{})
		if err != nil || state.Running && state.PID != pid {
			return err
		}
		if state.Running {
			w.answered()
		} else if free, err := gone(); free || err != nil {
			return err
		}
		w.note("the host is ending; waiting until its calls are done")
		if w.silent() {
			return c.heldBy("stop")
		}
		if err := sleep(ctx, firstPause); err != nil {
			return err
		}
	}
}

// gone looks at the host's lock, unless somebody is starting another host: that
// one will answer.
func (c *Client) gone() (bool, error) {
	if _, err := os.Stat(c.o.Dirs.LockFile()); errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	lock, err := c.tryStartLock("status")
	if lock == nil || err != nil {
		return false, err
	}
	defer lock.Unlock() //nolint:errcheck
	return c.lockFree()
}

// heldBy is the error of a lock that was held for too long, by a host or by a
// command that starts one.
func (c *Client) heldBy(operation string) error {
	if free, err := c.gone(); err != nil || free {
		return err
	}
	lock, err := c.tryStartLock(operation)
	if err != nil {
		return err
	}
	if lock == nil && holder(c.startLock()) != os.Getpid() {
		return c.startHeld(operation)
	}
	if lock != nil {
		lock.Unlock() //nolint:errcheck
	}
	return c.lockHeld(fault.Broken, operation)
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

// ask sends a request to the host that is there; those about the host itself
// are answered by every build. The zero answer means that none is, or that it
// ended meanwhile.
func ask[Req, Resp any](ctx context.Context, c *Client, m api.Method[Req, Resp], req Req) (resp Resp, err error) {
	body, err := c.call(req)
	if err != nil {
		return resp, err
	}
	limit, cancel := context.WithTimeout(ctx, c.o.Limits.Answer)
	defer cancel()
	defer func() {
		if err != nil && limit.Err() != nil && ctx.Err() == nil {
			err = unanswered(holder(c.o.Dirs.LockFile()))
		}
	}()
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
