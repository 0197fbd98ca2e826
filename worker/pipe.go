package worker

import (
	"net"
	"sync"
)

// A PipeEnd is one end of a stream within a process.
type PipeEnd struct {
	net.Conn
	hangUp func()
	peer   <-chan struct{} // closed with the other end
}

// Pipe returns the two ends of a fresh stream for a worker that is supervised by
// the component's own process: ours for NewConn, and theirs. Nothing is
// buffered: a write returns when it was read, or one of the ends is closed.
func Pipe() (ours, theirs *PipeEnd) {
	a, b := net.Pipe()
	aClosed, bClosed := make(chan struct{}), make(chan struct{})
	ours = &PipeEnd{Conn: a, peer: bClosed, hangUp: sync.OnceFunc(func() { close(aClosed) })}
	theirs = &PipeEnd{Conn: b, peer: aClosed, hangUp: sync.OnceFunc(func() { close(bClosed) })}
	return ours, theirs
}

// Close closes this end. Both sides' reads and writes then fail.
func (e *PipeEnd) Close() error {
	e.hangUp()
	return e.Conn.Close()
}

// HungUp tells whether the other end is closed.
func (e *PipeEnd) HungUp() bool {
	select {
	case <-e.peer:
		return true
	default:
		return false
	}
}
