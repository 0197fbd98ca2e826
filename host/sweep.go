package host

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/fnhost/fn/host/lockfile"
)

// sweep removes what killed hosts left.
func (h *Host) sweep() (g garbage) {
	runtime, scratch := h.opts.Dirs.Runtime, h.opts.Dirs.Scratch()
	err := alone(runtime, func() error {
		g = removeDeadSessions(runtime, scratch)
		return nil
	})
	g.add(nil, err)
	return g
}

// endingLimit bounds the wait for processes of a killed host that are about to
// end, and still write where they had their scratch.
const endingLimit = 5 * time.Second

// sweepEnded is sweep, again while something still writes.
func (h *Host) sweepEnded(ctx context.Context) (g garbage) {
	ctx, cancel := context.WithTimeout(ctx, endingLimit)
	defer cancel()
	for {
		found := h.sweep()
		g.Removed, g.Failed = append(g.Removed, found.Removed...), found.Failed
		if !found.written() {
			return g
		}
		select {
		case <-ctx.Done():
			return g
		case <-time.After(10 * time.Millisecond): // nothing tells when they have ended
		}
	}
}

// written reports whether something was written where it was being removed.
func (g *garbage) written() bool {
	for _, e := range g.Failed {
		if errors.Is(e, syscall.ENOTEMPTY) {
			return true
		}
	}
	return false
}

// removeDeadSessions removes the sessions whose host is gone, with its lock
// among the sockets or without. It must run alone.
func removeDeadSessions(runtime, scratch string) (g garbage) {
	g.removeDeadSockets(runtime)
	tried := make(map[string]bool)
	for _, path := range glob(runtime, "s-*.lock") {
		lock, err := lockfile.TryLock(path)
		if errors.Is(err, lockfile.ErrLocked) || errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			g.add(nil, err)
			continue
		}
		name := strings.TrimSuffix(filepath.Base(path), ".lock")
		dead := &session{
			sockets: filepath.Join(runtime, name),
			scratch: scratchDir{path: filepath.Join(scratch, name)},
			lock:    lock,
			path:    path,
		}
		tried[dead.scratch.path] = true
		g.left("what a killed host left", dead.scratch.path, dead.close())
	}
	for _, path := range glob(scratch, "s-*.lock") {
		dead := scratchDir{path: strings.TrimSuffix(path, ".lock")}
		if tried[dead.path] {
			continue
		}
		var err error
		if dead.lock, err = lockfile.TryLock(path); err != nil {
			continue // its host lives, or it is gone by now
		}
		g.left("what a killed host left", dead.path, dead.remove())
	}
	return g
}

// removeDeadSockets removes the sockets of private hosts that were killed
// together with the command they served: nobody listens there.
func (g *garbage) removeDeadSockets(runtime string) {
	for _, path := range glob(runtime, "p-*.sock") {
		conn, err := net.Dial("unix", path)
		if err == nil {
			conn.Close()
			continue
		}
		if errors.Is(err, syscall.ECONNREFUSED) { // else it is gone meanwhile
			g.left("the socket of a killed host", path, os.Remove(path))
		}
	}
}

// left adds one thing that was removed or, with err, could not be.
func (g *garbage) left(what, path string, err error) {
	if err != nil {
		g.add(nil, fmt.Errorf("%s: %w", what, err))
		return
	}
	g.add([]string{what + ": " + path}, nil)
}

// glob lists what matches a good pattern in dir.
func glob(dir, pattern string) []string {
	found, _ := filepath.Glob(filepath.Join(dir, pattern))
	return found
}
