package supervise

import "sync"

// keptBytes is how much of a program's words about itself is kept.
const keptBytes = 1 << 10

// lines keeps the beginning of what a program writes.
type lines struct {
	mu   sync.Mutex
	kept []byte
}

func (l *lines) add(p []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, p[:min(len(p), keptBytes-len(l.kept))]...)
	return nil
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.kept)
}
