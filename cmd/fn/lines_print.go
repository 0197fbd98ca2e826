package main

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/fnhost/fn/host/api"
)

// printAll prints the lines in their order until the last one. When everything
// ends before that, it prints what was done until then.
func (b *batch) printAll(ctx context.Context) {
	for {
		var l *line
		select {
		case l = <-b.order:
		default:
			select {
			case l = <-b.order:
			case <-ctx.Done(): // and nothing is waiting
			}
		}
		if l == nil {
			return
		}
		<-l.done
		if err := b.print.line(l); err != nil {
			b.fail(err)
			return
		}
		b.held.add(-len(l.result))
	}
}

// lineJSON is the shape of one line's call for scripts.
type lineJSON struct {
	Line int64 `json:"line"`
	runJSON
}

// line prints what became of a line. Line N of the output belongs to line N of
// the event: what has no result leaves its place empty.
func (p *linePrinter) line(l *line) error {
	if p.c.json {
		return p.object(l)
	}
	if l.undone { // its place is only kept when something comes after it
		p.missing++
		return nil
	}
	p.buf = p.buf[:0]
	for ; p.missing > 0; p.missing-- {
		p.buf = append(p.buf, '\n')
	}
	if l.end.Error == nil {
		p.buf = append(p.buf, onOneLine(l.end, l.result)...)
	}
	if n := len(p.buf); n == 0 || p.buf[n-1] != '\n' || l.end.Error != nil || len(l.result) == 0 {
		p.buf = append(p.buf, '\n')
	}
	p.c.progress.clear()
	_, err := p.c.stdout.Write(p.buf)
	return err
}

func (p *linePrinter) object(l *line) error {
	if l.undone || l.blank {
		return nil
	}
	p.c.progress.clear()
	return encodeLine(p.c.stdout, lineJSON{l.number, newRunJSON(l.end, l.result)})
}

// onOneLine is a result without the line ends within it, where it is JSON: there
// they are only space between two tokens. All other results stay as they are.
func onOneLine(end api.RunEnd, result []byte) []byte {
	if i := bytes.IndexByte(result, '\n'); !end.JSON || i < 0 || i == len(result)-1 {
		return result
	}
	var compact bytes.Buffer
	if json.Compact(&compact, result) != nil {
		return result
	}
	return compact.Bytes()
}
