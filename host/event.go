package host

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/fnhost/fn/sdk/fault"
)

// limited fails with ResourceExhausted once more than limit bytes were read.
func limited(r io.Reader, limit int64) io.Reader {
	if whole, ok := r.(*bytes.Reader); limit <= 0 || ok && int64(whole.Len()) <= limit {
		return r
	}
	return &limitedReader{r: r, left: limit, limit: limit}
}

type limitedReader struct {
	r           io.Reader
	left, limit int64
}

func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fault.New(fault.ResourceExhausted, "the event is larger than %s, this component's limit", exact(l.limit))
	}
	return n, err
}

// exact writes a number of bytes in the largest unit that leaves no fraction.
func exact(bytes int64) string {
	switch {
	case bytes%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", bytes>>20)
	case bytes%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", bytes>>10)
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// replayLimit is how much of an event is kept to be read again, in bytes: more
// than is on its way to a component that has not read any of it.
const replayLimit = 2 << 20

// replay is an event that can be read again from its beginning, by one reader
// after the other. The one before may still be reading when the next begins:
// what it gets is kept for that.
type replay struct {
	r     io.Reader
	whole *bytes.Reader // the event, where it is in memory; nil: it comes from r

	mu      sync.Mutex
	turn    sync.Cond // something was read
	newest  *replayReader
	reading bool
	read    int64  // bytes, in all
	kept    []byte // nil once it would be too much
	err     error
}

func newReplay(r io.Reader) *replay {
	e := &replay{r: r}
	e.whole, _ = r.(*bytes.Reader)
	e.turn.L = &e.mu
	return e
}

// reader returns one that begins at the beginning. The one before gets no more.
func (e *replay) reader() io.Reader {
	if e.whole != nil {
		again := *e.whole
		return &again
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.newest = &replayReader{event: e}
	return e.newest
}

type replayReader struct {
	event *replay
	at    int64
}

func (r *replayReader) Read(p []byte) (int, error) {
	e := r.event
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.newest == r && r.at == e.read && e.err == nil && e.reading {
		e.turn.Wait()
	}
	switch {
	case e.newest != r:
		return 0, io.ErrClosedPipe
	case r.at < e.read && e.read > int64(len(e.kept)):
		return 0, fault.New(fault.Unavailable, "the component lost the function during the call").WithHint("try again")
	case r.at < e.read:
		n := copy(p, e.kept[r.at:])
		r.at += int64(n)
		return n, nil
	case e.err != nil:
		return 0, e.err
	}
	return r.more(p)
}

// more reads what nobody has read yet. e.mu is held, but not while it waits.
func (r *replayReader) more(p []byte) (int, error) {
	e := r.event
	e.reading = true
	e.mu.Unlock()
	n, err := e.r.Read(p)
	e.mu.Lock()
	e.reading = false
	if whole := int64(len(e.kept)) == e.read; whole && e.read+int64(n) <= replayLimit {
		e.kept = append(e.kept, p[:n]...)
	} else {
		e.kept = nil
	}
	e.read += int64(n)
	e.err = err
	e.turn.Broadcast()
	if e.newest != r {
		return 0, io.ErrClosedPipe // it is the next one's
	}
	r.at = e.read
	return n, err
}
