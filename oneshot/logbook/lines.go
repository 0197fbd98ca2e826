package logbook

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/fnhost/fn/sdk"
)

const (
	// MaxLine is what is kept of one line, in bytes.
	MaxLine = 16 << 10
	// MaxCall is what is kept of one call, in bytes, from its beginning.
	MaxCall = 256 << 10
	// perLine is what a line counts for beyond its text, in bytes: an empty one is
	// written with a time and a name, too.
	perLine = 32
)

// Lines gathers what one call prints, from any goroutine.
type Lines struct {
	call string
	now  func() time.Time

	mu      sync.Mutex
	kept    []sdk.LogRecord
	bytes   int
	dropped int
	open    map[sdk.LogStream]*line
}

// line is one that has not ended.
type line struct {
	text []byte
	cut  bool
	at   time.Time
}

// NewLines returns an empty gathering for a call.
func NewLines(call string, now func() time.Time) *Lines {
	return &Lines{call: call, now: now}
}

// Add takes the next bytes of a stream. A line has the time of its first byte.
func (l *Lines) Add(stream sdk.LogStream, p []byte) {
	if len(p) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	for len(p) > 0 {
		text, rest, ended := bytes.Cut(p, []byte{'\n'})
		l.grow(stream, now, text)
		if ended {
			l.end(stream)
		}
		p = rest
	}
}

func (l *Lines) grow(stream sdk.LogStream, now time.Time, text []byte) {
	if l.open == nil {
		l.open = map[sdk.LogStream]*line{}
	}
	current := l.open[stream]
	if current == nil {
		current = &line{at: now}
		l.open[stream] = current
	}
	if room := MaxLine - len(current.text); len(text) > room {
		text, current.cut = text[:room], true
	}
	current.text = append(current.text, text...)
}

func (l *Lines) end(stream sdk.LogStream) {
	current := l.open[stream]
	delete(l.open, stream)
	if l.bytes += perLine + len(current.text); l.bytes > MaxCall {
		l.dropped++
		return
	}
	text := strings.ToValidUTF8(strings.TrimSuffix(string(current.text), "\r"), string(utf8.RuneError))
	if current.cut {
		text += "…"
	}
	l.kept = append(l.kept, sdk.LogRecord{Time: current.at, Call: l.call, Stream: stream, Text: text})
}

// All ends the open lines and returns everything that is kept, oldest first.
func (l *Lines) All() []sdk.LogRecord {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, stream := range []sdk.LogStream{sdk.Stdout, sdk.Stderr} {
		if l.open[stream] != nil {
			l.end(stream)
		}
	}
	if l.dropped > 0 {
		l.kept = append(l.kept, sdk.LogRecord{
			Time: l.now(), Call: l.call, Stream: sdk.Stderr, Text: fmt.Sprintf("[fn: %d more lines were not kept]", l.dropped),
		})
		l.dropped = 0
	}
	return l.kept
}
