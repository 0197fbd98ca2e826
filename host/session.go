package host

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fnhost/fn/host/lockfile"
	"github.com/fnhost/fn/sdk/fault"
)

// session is what one host process has on disk while it lives: a directory for
// the plugins' sockets, one for their scratch, and a lock beside each that tells
// the next host whether they are still in use. There are two because the
// sockets' directory is often emptied when the machine starts.
type session struct {
	sockets string
	scratch scratchDir
	lock    *lockfile.Lock
	path    string // of the lock
}

// newSession removes what killed hosts left, which is returned, and makes the
// directories of this one. What cannot be removed keeps no host from starting.
// Runtime must be short: socket paths have about 100 bytes.
func newSession(runtime, scratch string) (s *session, swept garbage, err error) {
	err = alone(runtime, func() (err error) {
		swept = removeDeadSessions(runtime, scratch)
		s, err = makeSession(runtime, scratch)
		return err
	})
	return s, swept, err
}

// unprepared explains why there is no session.
func unprepared(dir string, err error) error {
	kind := fault.Internal
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.New(fault.ResourceExhausted, "prepare the host's directories: %w", err).WithHint("df -h %s", dir)
	case errors.Is(err, context.DeadlineExceeded):
		kind = fault.Timeout
	}
	return fault.New(kind, "prepare the host's directories: %w", err)
}

// alone runs f while no other host sweeps or makes what is swept: a lock file
// that is not yet locked, a socket that does not listen yet look abandoned.
func alone(runtime string, f func() error) error {
	ctx, cancel := context.WithTimeout(context.Background(), aloneLimit)
	defer cancel()
	lock, err := lockfile.Acquire(ctx, filepath.Join(runtime, "sweep.lock"))
	if err != nil {
		return err
	}
	defer lock.Unlock()
	return f()
}

// aloneLimit bounds the wait for another host's sweep.
const aloneLimit = 10 * time.Second

func makeSession(runtime, scratch string) (*session, error) {
	id := make([]byte, 4)
	rand.Read(id)
	name := "s-" + hex.EncodeToString(id)
	s := &session{
		sockets: filepath.Join(runtime, name),
		path:    filepath.Join(runtime, name+".lock"),
	}
	var err error
	if s.lock, err = lockfile.TryLock(s.path); err != nil {
		return nil, err
	}
	s.scratch, err = makeScratch(filepath.Join(scratch, name))
	if err := errors.Join(err, os.MkdirAll(s.sockets, 0o700)); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// close removes everything of the session. Where that fails the lock's file
// stays, for the next sweep.
func (s *session) close() error {
	err := errors.Join(os.RemoveAll(s.sockets), s.scratch.remove())
	if err == nil {
		err = os.Remove(s.path)
	}
	return errors.Join(err, s.lock.Unlock())
}
