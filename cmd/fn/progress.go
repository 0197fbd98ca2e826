package main

import (
	"fmt"
	"io"
	"sync"

	"github.com/fnhost/fn/host/api"
)

// progress shows on a terminal what a long operation is doing: notes as lines,
// progress as one line that is rewritten. Elsewhere it is silent. It implements
// api.Reporter.
type progress struct {
	mu   sync.Mutex
	w    io.Writer
	tty  bool
	line bool // the unfinished line is there
}

var _ api.Reporter = (*progress)(nil)

func newProgress(w io.Writer, tty bool) *progress { return &progress{w: w, tty: tty} }

const clearLine = "\r\x1b[K"

func (p *progress) Note(text string) {
	if !p.tty {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clearLocked()
	fmt.Fprintf(p.w, "fn: %s\n", escaped(text))
}

// noteWait says why a command takes long before it has begun. A script's log
// shall tell it too, unless it is to be JSON.
func (c *commandLine) noteWait(text string) {
	if c.json || c.progress.tty {
		c.progress.Note(text)
		return
	}
	fmt.Fprintf(c.stderr, "fn: %s\n", text)
}

func (p *progress) Progress(now api.Progress) {
	if !p.tty {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprint(p.w, clearLine, escaped(describe(now)))
	p.line = true
}

// clear removes the unfinished line, before something else is printed.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clearLocked()
}

func (p *progress) clearLocked() {
	if p.line {
		fmt.Fprint(p.w, clearLine)
		p.line = false
	}
}

func describe(p api.Progress) string {
	text := p.Step
	if p.Component != "" {
		text = p.Component + ": " + text
	}
	switch {
	case p.Total > 0 && p.Unit == "bytes":
		text += fmt.Sprintf(" %s of %s", size(p.Done), size(p.Total))
	case p.Total > 0:
		text += fmt.Sprintf(" %d/%d %s", p.Done, p.Total, p.Unit)
	case p.Done > 0:
		text += fmt.Sprintf(" %d %s", p.Done, p.Unit)
	}
	return text
}
