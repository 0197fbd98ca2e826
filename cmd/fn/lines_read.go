package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
)

// lineReader splits an event into lines.
type lineReader struct {
	r      *bufio.Reader
	within bool // a line that is too long, and the rest of it comes
}

func newLineReader(r io.Reader) *lineReader { return &lineReader{r: bufio.NewReaderSize(r, 64<<10)} }

// errLongLine says that a line was over maxLine; the next one can be read.
var errLongLine = errors.New("the line is too long")

// next returns the next line without its end, which is \n or \r\n; the last one
// may have none. After it comes io.EOF. That a line is too long is said once
// that is known: its end may be far away, or never come.
func (l *lineReader) next() ([]byte, error) {
	if err := l.skip(); err != nil {
		return nil, err
	}
	var text []byte
	for {
		part, err := l.r.ReadSlice('\n')
		if len(text)+len(part) > maxLine+len("\r\n") {
			l.within = err == bufio.ErrBufferFull
			return nil, errLongLine
		}
		text = append(text, part...)
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(text) > 0, err == nil:
			text = withoutEnd(text)
			if len(text) > maxLine {
				return nil, errLongLine
			}
			return text, nil
		default:
			return nil, err
		}
	}
}

// skip goes to the end of a line that is too long.
func (l *lineReader) skip() error {
	for l.within {
		_, err := l.r.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			return err
		}
		l.within = err != nil
	}
	return nil
}

func withoutEnd(text []byte) []byte {
	if whole, ok := bytes.CutSuffix(text, []byte("\n")); ok {
		return bytes.TrimSuffix(whole, []byte("\r"))
	}
	return text
}

// budget is a number of bytes in use, and a wait for there to be fewer.
type budget struct {
	mu   *sync.Mutex
	less *sync.Cond
	ctx  context.Context
	used *int
	most int
}

func newBudget(ctx context.Context, most int) budget {
	mu := &sync.Mutex{}
	b := budget{mu: mu, less: sync.NewCond(mu), ctx: ctx, used: new(int), most: most}
	context.AfterFunc(ctx, func() {
		mu.Lock()
		defer mu.Unlock()
		b.less.Broadcast()
	})
	return b
}

func (b budget) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	*b.used += n
	if n < 0 {
		b.less.Signal()
	}
}

// wait returns when less than most is in use; false: the context has ended.
func (b budget) wait() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for *b.used >= b.most && b.ctx.Err() == nil {
		b.less.Wait()
	}
	return b.ctx.Err() == nil
}
