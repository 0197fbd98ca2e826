package launch

import (
	"bytes"
	"os"
	"strings"
	"sync"
)

// maxFirst is how much of a first line is kept, in bytes.
const maxFirst = 4 << 10

// watched is a process's standard output: it keeps the first line, which should
// be the handshake, and tells when the stream has ended.
type watched struct {
	*os.File
	ended chan struct{}
	once  sync.Once

	mu    sync.Mutex
	first []byte
	whole bool // the first line is complete
}

func newWatched() *watched { return &watched{ended: make(chan struct{})} }

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.File.Read(p)
	w.note(p[:n])
	if err != nil {
		w.once.Do(func() { close(w.ended) })
	}
	return n, err
}

func (w *watched) note(p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.whole || len(w.first) >= maxFirst {
		return
	}
	line, _, ended := bytes.Cut(p, []byte{'\n'})
	w.first = append(w.first, line...)
	w.whole = ended
}

// firstLine is what came first, and whether anything came at all.
func (w *watched) firstLine() (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.TrimSpace(string(w.first)), w.whole || len(w.first) > 0
}
