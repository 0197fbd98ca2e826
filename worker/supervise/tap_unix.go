//go:build unix

package supervise

import (
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/fnhost/fn/worker"
)

// pipeBytes is the most that an ordinary user's pipe can hold on Linux.
const pipeBytes = 1 << 20

// firstRead is how much is read of a function that has not written much, in
// bytes: most never do.
const firstRead = 1 << 10

// A tap passes on what arrives in a pipe that the function writes.
type tap struct {
	file *os.File
	sink func([]byte) error
	eof  chan struct{}

	mu  sync.Mutex
	buf []byte
}

// newTap returns the running tap and the end for the function's process, which
// the caller closes once it is started.
func newTap(sink func([]byte) error) (*tap, *os.File, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	t := &tap{file: reader, sink: sink, eof: make(chan struct{})}
	go t.run()
	return t, writer, nil
}

func (t *tap) run() {
	defer close(t.eof)
	raw, err := t.file.SyscallConn()
	if err != nil {
		return
	}
	for more := true; more; {
		err := raw.Read(func(fd uintptr) bool {
			var n int
			n, more = t.pass(int(fd))
			return n > 0 || !more
		})
		more = more && err == nil
	}
}

// pass reads once and hands on what was there: n is 0 if that was nothing, and
// more is false at the end. Reading and handing on are one step under the lock,
// so whoever takes the lock finds nothing in between.
func (t *tap) pass(fd int) (n int, more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.buf == nil {
		t.buf = make([]byte, firstRead)
	}
	for {
		n, err := syscall.Read(fd, t.buf)
		switch {
		case n > 0:
			t.sink(t.buf[:n]) // if nobody listens the function still must not block
			if n == firstRead && len(t.buf) == firstRead {
				t.buf = make([]byte, worker.ChunkBytes)
			}
			return n, true
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return 0, true
		default:
			return 0, false
		}
	}
}

// flush returns when everything that was written before the call is passed on.
// Somebody may be writing still, so it stops after what one pipe can hold.
func (t *tap) flush() {
	raw, err := t.file.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) {
		for total := 0; total < pipeBytes; {
			n, _ := t.pass(int(fd))
			if n == 0 {
				return
			}
			total += n
		}
	})
}

// settle waits for the end of the taps, but not longer than limit when some
// process that was left behind keeps them open, and flushes them.
func settle(limit time.Duration, taps ...*tap) {
	late := time.After(limit)
	for _, t := range taps {
		select {
		case <-t.eof:
		case <-late:
			late = time.After(0)
		}
		t.flush()
	}
}
