package host

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/fnhost/fn/host/lockfile"
	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/worker"
)

// session is what one host process has on disk while it lives: a directory for
// the plugins' sockets, one for their scratch, and a lock that tells the next
// host whether they are still in use.
type session struct {
	sockets string
	scratch string
	lock    *lockfile.Lock
	path    string // of the lock
}

// newSession removes what killed hosts left and makes the directories of this
// one. Runtime must be short: socket paths have about 100 bytes.
func newSession(runtime, scratch string) (s *session, err error) {
	err = alone(runtime, func() error {
		if _, err := removeDeadSessions(runtime, scratch); err != nil {
			return err
		}
		s, err = makeSession(runtime, scratch)
		return err
	})
	return s, err
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
		scratch: filepath.Join(scratch, name),
		path:    filepath.Join(runtime, name+".lock"),
	}
	var err error
	if s.lock, err = lockfile.TryLock(s.path); err != nil {
		return nil, err
	}
	if err := errors.Join(os.MkdirAll(s.sockets, 0o700), os.MkdirAll(s.scratch, 0o700)); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// close removes everything of the session. Where that fails the lock's file
// stays, for the next sweep.
func (s *session) close() error {
	err := errors.Join(os.RemoveAll(s.sockets), worker.RemoveAll(s.scratch))
	if err == nil {
		err = os.Remove(s.path)
	}
	return errors.Join(err, s.lock.Unlock())
}

// sweep removes what killed hosts left, and names it.
func (h *Host) sweep() (removed []string, err error) {
	runtime, scratch := h.opts.Dirs.Runtime, h.opts.Dirs.Scratch()
	err = alone(runtime, func() (err error) {
		removed, err = removeDeadSessions(runtime, scratch)
		return err
	})
	return removed, err
}

// removeDeadSessions removes the sessions whose host is gone, and names them. It
// must run alone.
func removeDeadSessions(runtime, scratch string) (removed []string, err error) {
	if removed, err = removeDeadSockets(runtime); err != nil {
		return removed, err
	}
	locks, err := filepath.Glob(filepath.Join(runtime, "s-*.lock"))
	if err != nil {
		return nil, err
	}
	for _, path := range locks {
		lock, err := lockfile.TryLock(path)
		if errors.Is(err, lockfile.ErrLocked) || errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return removed, err
		}
		name := strings.TrimSuffix(filepath.Base(path), ".lock")
		dead := &session{
			sockets: filepath.Join(runtime, name),
			scratch: filepath.Join(scratch, name),
			lock:    lock,
			path:    path,
		}
		if dead.close() != nil {
			continue // a plugin of that host is about to end, and still writes
		}
		removed = append(removed, "what a killed host left: "+dead.scratch)
	}
	return removed, nil
}

// removeDeadSockets removes the sockets of private hosts that were killed
// together with the command they served: nobody listens there.
func removeDeadSockets(runtime string) (removed []string, err error) {
	sockets, err := filepath.Glob(filepath.Join(runtime, "p-*.sock"))
	if err != nil {
		return nil, err
	}
	for _, path := range sockets {
		conn, err := net.Dial("unix", path)
		if err == nil {
			conn.Close()
			continue
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			continue // gone meanwhile
		}
		if err := os.Remove(path); err != nil {
			return removed, err
		}
		removed = append(removed, "the socket of a killed host: "+path)
	}
	return removed, nil
}
