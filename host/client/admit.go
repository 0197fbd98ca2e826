package client

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/lockfile"
	"github.com/fnhost/fn/sdk/fault"
)

const (
	firstPause = 5 * time.Millisecond
	maxPause   = 50 * time.Millisecond
	noteAfter  = time.Second // of waiting
	maxStarts  = 3           // a host that is gone each time after saying that it is ready is broken
)

// admitted sends req until a host of our own build takes it up. It starts the
// host, ends one of another build, and waits for one that is ending.
func (c *Client) admitted(ctx context.Context, req request) (*response, error) {
	if c.o.NoHost {
		return c.admittedByPrivate(ctx, req)
	}
	r, err := c.try(ctx, req)
	if r != nil || err != nil && !errors.As(err, new(*refusal)) {
		return r, err
	}
	if err := c.o.Dirs.Prepare(); err != nil {
		return nil, fault.From(err)
	}
	s := &starter{c: c, waiting: c.wait()}
	defer s.close()
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		r, err := c.try(ctx, req)
		refused := new(refusal)
		if r != nil || !errors.As(err, &refused) {
			return r, err
		}
		if err := s.mend(ctx, refused); err != nil {
			return nil, err
		}
		if err := sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// refusal says that nobody took up a request.
type refusal struct {
	absent bool   // no host answered
	build  string // of a host of another build, else empty
	cause  error
}

func (r *refusal) Error() string { return "no host took up the request" }
func (r *refusal) Unwrap() error { return r.cause }

// try sends req once. The error is a *refusal when trying again has sense.
func (c *Client) try(ctx context.Context, req request) (*response, error) {
	r, err := c.exchange(ctx, c.o.Dirs.Socket(), req)
	switch {
	case ctx.Err() != nil:
		if r != nil {
			r.close()
		}
		return nil, fault.From(context.Cause(ctx))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, unanswered(holder(c.o.Dirs.LockFile()))
	case err != nil:
		return nil, &refusal{absent: true, cause: err}
	case r.status == statusOK || r.status == statusSwitching:
		return r, nil
	}
	defer r.close()
	var why api.Refusal
	json.NewDecoder(r.body).Decode(&why) //nolint:errcheck // the status says enough
	switch r.status {
	case statusBuild:
		return nil, &refusal{build: why.Build}
	case statusEnding:
		return nil, &refusal{}
	default:
		return nil, fault.New(fault.Internal, "refused with HTTP status %d %s", r.status, why.Message).In("host", "request")
	}
}

// starter does what a refused client can do, while it alone may.
type starter struct {
	c *Client
	*waiting
	lock   *lockfile.Lock // held: nobody else starts or ends a host
	asked  string         // the build that was asked to end
	starts int            // of ours
}

func (s *starter) close() {
	if s.lock != nil {
		s.lock.Unlock() //nolint:errcheck // it ends with the process at the latest
	}
}

// mend does what may help against the refusal; nil means: try again.
func (s *starter) mend(ctx context.Context, r *refusal) error {
	if !r.absent {
		s.answered()
	}
	if s.lock == nil {
		var err error
		s.lock, err = s.c.tryStartLock("start")
		if err == nil && s.lock == nil {
			s.note("another command is starting or ending the host; waiting for it")
			if s.silent() {
				err = s.c.startHeld("start")
			}
		}
		return err // with the lock, look again: what held until now was seen without
	}
	switch {
	case r.build != "" && s.starts > 0:
		return foreignBuild(s.c.o.HostBinary)
	case r.build != "":
		s.note("the host is of another build; waiting until its calls are done")
		if s.asked == r.build {
			return nil
		}
		s.asked = r.build
		return s.c.askToStop(ctx, false)
	case !r.absent:
		s.note("the host is ending; waiting until its calls are done")
		return nil
	}
	s.asked = ""
	free, err := s.c.lockFree()
	switch {
	case err != nil:
		return err
	case !free && s.silent():
		return s.c.lockHeld(fault.Unavailable, "start")
	case !free:
		s.note("another host holds " + s.c.o.Dirs.LockFile() + "; waiting for it")
		return nil
	}
	if s.starts == maxStarts {
		return hostEnded("start")
	}
	started, err := s.c.start(ctx)
	if started {
		s.starts++
	}
	return err
}

// startLock is held by whoever starts or replaces the host.
func (c *Client) startLock() string {
	return filepath.Join(filepath.Dir(c.o.Dirs.LockFile()), "start.lock")
}

// tryStartLock takes the start lock and says by whom it is held; nil is: by
// another command.
func (c *Client) tryStartLock(operation string) (*lockfile.Lock, error) {
	lock, err := lockfile.TryLock(c.startLock())
	switch {
	case errors.Is(err, lockfile.ErrLocked):
		return nil, nil
	case err != nil:
		return nil, fault.New(fault.Internal, "lock the start of the host: %w", err).In("host", operation)
	}
	lock.Write(strconv.AppendInt(nil, int64(os.Getpid()), 10)) //nolint:errcheck // for people only
	return lock, nil
}

// lockFree tells whether no host runs. It is asked with the start lock held: a
// host that starts meanwhile would take our look for another host.
func (c *Client) lockFree() (bool, error) {
	lock, err := lockfile.TryLock(c.o.Dirs.LockFile())
	switch {
	case errors.Is(err, lockfile.ErrLocked):
		return false, nil
	case err != nil:
		return false, fault.New(fault.Internal, "look at the host's lock: %w", err).In("host", "start")
	}
	return true, lock.Unlock()
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return fault.From(context.Cause(ctx))
	case <-time.After(d):
		return nil
	}
}
