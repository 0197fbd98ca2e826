package main

import (
	"bytes"
	"io"
	"strconv"
	"sync"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// lineOutput takes what the call of one line produces. Log goes on at once, in
// whole lines that begin with the number of the line; the result waits.
type lineOutput struct {
	*batch
	*line
	partial  [2][]byte // of a log line: stdout, stderr
	tooLarge *fault.Error
}

func (o *lineOutput) Note(text string) { o.c.progress.Note(text) }

func (o *lineOutput) Progress(p api.Progress) { o.c.progress.Progress(p) }

func (o *lineOutput) Result(p []byte) error {
	if len(o.result)+len(p) > maxLine {
		o.tooLarge = fault.New(fault.ResourceExhausted, "the result is larger than %s, the limit of --each-line", size(maxLine))
		o.result = nil
		return o.tooLarge
	}
	o.result = append(o.result, p...)
	return nil
}

// maxPartial bounds a log line that is kept until it is whole.
const maxPartial = 64 << 10

func (o *lineOutput) Log(stderr bool, p []byte) error {
	partial := &o.partial[0]
	if stderr {
		partial = &o.partial[1]
	}
	text := p
	if len(*partial) > 0 {
		text = append(*partial, p...)
	}
	whole := bytes.LastIndexByte(text, '\n') + 1
	if len(text)-whole > maxPartial {
		whole = len(text)
	}
	err := o.log(text[:whole])
	*partial = append((*partial)[:0], text[whole:]...)
	return err
}

// log prints whole lines.
func (o *lineOutput) log(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	prefix := strconv.AppendInt(nil, o.number, 10)
	prefix = append(prefix, ": "...)
	var b bytes.Buffer
	for one := range bytes.Lines(text) {
		b.Write(prefix)
		b.Write(one)
	}
	if text[len(text)-1] != '\n' {
		b.WriteByte('\n')
	}
	err := o.print.log(b.Bytes())
	if err != nil {
		o.fail(err)
	}
	return err
}

// finish prints the last lines of the log, which may have no end.
func (o *lineOutput) finish() {
	for _, text := range o.partial {
		o.log(text) //nolint:errcheck // fail knows it
	}
}

// linePrinter writes results in order, and what goes to standard error whole.
type linePrinter struct {
	c       *commandLine
	stderr  io.Writer
	mu      sync.Mutex // of stderr
	missing int        // lines before the next one whose place is empty
	buf     []byte
}

func newLinePrinter(c *commandLine) *linePrinter {
	return &linePrinter{c: c, stderr: checked{c.stderr}}
}

func (p *linePrinter) log(text []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.c.progress.clear()
	_, err := p.stderr.Write(text)
	return err
}
