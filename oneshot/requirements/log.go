package requirements

import (
	"bytes"
	"strings"
	"sync"
	"time"

	"github.com/fnhost/fn/sdk"
)

const (
	// InstallLimit bounds one run of an installer. Large packages are downloaded
	// and sometimes compiled.
	InstallLimit = 30 * time.Minute
	// logBytes is what is kept of an installer's output, the end of it.
	logBytes = 8 << 10
)

// Log keeps the end of what an installer prints and counts its lines.
type Log struct {
	progress func(lines int64)

	mu   sync.Mutex
	n    int64
	kept []byte
}

// NewLog tells progress of a step how many lines were printed.
func NewLog(progress sdk.Progress, step string) *Log {
	l := &Log{progress: func(n int64) { progress(step, n, 0, "lines") }}
	l.progress(0)
	return l
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, p...)
	if extra := len(l.kept) - logBytes; extra > 0 {
		l.kept = append(l.kept[:0], l.kept[extra:]...)
	}
	if n := bytes.Count(p, []byte("\n")); n > 0 {
		l.n += int64(n)
		l.progress(l.n)
	}
	return len(p), nil
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.ToValidUTF8(string(l.kept), "\uFFFD")
}
