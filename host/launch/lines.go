package launch

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
)

// Of what a process prints, the last keepLines lines are kept for its
// diagnosis; a line longer than maxLine bytes is split.
const (
	keepLines = 20
	maxLine   = 8 << 10
)

// transcript passes the lines of a process on and keeps the last ones. From a
// Go panic on it keeps the first ones instead: they say what happened and
// where, the last are the stacks of uninvolved goroutines.
type transcript struct {
	log io.Writer

	mu       sync.Mutex
	last     []string
	panicked bool
}

func (t *transcript) add(line []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.log != nil {
		_, _ = t.log.Write(append(line, '\n'))
	}
	text := strings.TrimRight(string(line), "\r\t ")
	if !t.panicked && (strings.HasPrefix(text, "panic: ") || strings.HasPrefix(text, "fatal error: ")) {
		t.panicked, t.last = true, nil
	}
	if len(t.last) == keepLines {
		if t.panicked {
			return
		}
		t.last = t.last[1:]
	}
	t.last = append(t.last, text)
}

// lines returns what is kept, without empty lines.
func (t *transcript) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(t.last), func(s string) bool { return s == "" })
}

func (t *transcript) empty() bool { return len(t.lines()) == 0 }

// tail is what is kept, one line below the other, to end a message with.
func (t *transcript) tail() string {
	lines := t.lines()
	if len(lines) == 0 {
		return ""
	}
	return "; it printed:\n    " + strings.Join(lines, "\n    ")
}

// cause says how the process ended: by its panic, if there was one.
func (t *transcript) cause(how *os.ProcessState) string {
	if line := t.panicLine(); line != "" {
		return line
	}
	return how.String()
}

// panicLine is the line that says why a Go program died, or empty.
func (t *transcript) panicLine() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.panicked {
		return ""
	}
	return t.last[0]
}

// splitter turns one stream of bytes into lines of a transcript.
type splitter struct {
	to  *transcript
	buf []byte
}

func (s *splitter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		line, rest, ended := bytes.Cut(p, []byte{'\n'})
		if room := maxLine - len(s.buf); len(line) > room {
			line, rest, ended = p[:room], p[room:], true
		}
		s.buf = append(s.buf, line...)
		if ended {
			s.flush()
		}
		p = rest
	}
	return n, nil
}

// flush ends a last line that has no line end.
func (s *splitter) flush() {
	s.to.add(s.buf)
	s.buf = s.buf[:0]
}

func (s *splitter) Close() {
	if len(s.buf) > 0 {
		s.flush()
	}
}
