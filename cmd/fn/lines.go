package main

import (
	"context"
	"io"
	"runtime"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/client"
	"github.com/fnhost/fn/sdk/fault"
)

const (
	maxParallel = 256
	// maxLine bounds, in bytes, a line of the event and its result: both are held
	// in memory.
	maxLine = 16 << 20
	// maxHeld bounds, in bytes, the lines and results in memory before another
	// line is read.
	maxHeld = 64 << 20
	// ahead is how many lines for each call at a time may be done and wait for one
	// before them.
	ahead = 16
)

func lineFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "each-line", Usage: "each line of EVENT is an event of its own call"},
		&cli.IntFlag{Name: "parallel", Usage: "with --each-line, make `MANY` calls at a time; one for each CPU when not given"},
	}
}

// batch makes a call for each line of an event. One goroutine reads lines and
// begins calls, the calls run in theirs, and one prints, in the order of the
// lines. No line is read before there is a turn for its call.
type batch struct {
	c     *commandLine
	host  *client.Client
	req   api.RunRequest
	turns chan struct{} // one in it for each call under way
	order chan *line    // those that are not printed yet, ended or not
	held  budget
	print *linePrinter
	tally *tally

	fail context.CancelCauseFunc // ends everything, with the first error
	mu   sync.Mutex
	idle []*client.Calls // connections without a call, the last one used last
}

// line is one line of the event and what became of it.
type line struct {
	number int64 // from 1
	event  []byte
	blank  bool // there is nothing to call a function with
	end    api.RunEnd
	result []byte
	undone bool          // its call did not come to an end of its own
	done   chan struct{} // closed when the fields above are set
}

// eachLine makes the calls of `fn run --each-line`.
func (c *commandLine) eachLine(ctx context.Context, req api.RunRequest, event io.Reader, parallel int) error {
	host, err := c.connect()
	if err != nil {
		return err
	}
	c.signals.watch(c.interrupt) // reading a line may take as long as a call
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	b := &batch{
		c: c, host: host, req: req, fail: cancel,
		turns: make(chan struct{}, parallel),
		order: make(chan *line, ahead*parallel),
		held:  newBudget(ctx, maxHeld),
		tally: newTally(c, req.Name),
	}
	b.print = newLinePrinter(c)
	stop := b.tally.show(ctx)
	go b.read(ctx, newLineReader(event))
	b.printAll(ctx)
	stop()
	b.close()
	if ctx.Err() != nil {
		return b.tally.broken(context.Cause(ctx))
	}
	return b.tally.result()
}

// parallel is how many calls are made at a time.
func parallel(cc *cli.Context) (int, error) {
	switch n := cc.Int("parallel"); {
	case !cc.IsSet("parallel"):
		return min(runtime.NumCPU(), maxParallel), nil
	case n < 1 || n > maxParallel:
		return 0, fault.New(fault.Invalid, "--parallel %d is not from 1 to %d", n, maxParallel)
	default:
		return n, nil
	}
}

// read begins a call for each line.
func (b *batch) read(ctx context.Context, lines *lineReader) {
	defer close(b.order)
	for number := int64(1); b.turn(ctx); number++ {
		text, err := lines.next()
		if err == io.EOF {
			return
		}
		l := &line{number: number, event: text, done: make(chan struct{})}
		switch {
		case err == errLongLine:
			l.end = failedRun(b.req.Name, fault.New(fault.ResourceExhausted, "the line is longer than %s", size(maxLine)))
		case err != nil:
			b.fail(fault.New(fault.Invalid, "read the event, line %d: %w", number, err))
			return
		}
		l.blank = err == nil && len(text) == 0
		b.held.add(len(text))
		select {
		case b.order <- l:
		case <-ctx.Done():
			return
		}
		if l.blank || l.end.Error != nil {
			b.ended(l)
		} else {
			go b.call(ctx, l)
		}
	}
}

// turn waits until a call may begin.
func (b *batch) turn(ctx context.Context) bool {
	select {
	case b.turns <- struct{}{}:
		return b.held.wait() && ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// call makes the call of one line.
func (b *batch) call(ctx context.Context, l *line) {
	defer b.ended(l)
	calls := b.take()
	defer b.give(calls)
	out := &lineOutput{batch: b, line: l}
	end, err := calls.Run(ctx, b.req, l.event, out)
	out.finish()
	switch {
	case out.tooLarge != nil:
		end = failedRun(b.req.Name, out.tooLarge)
	case ctx.Err() != nil && (err != nil || end.Error != nil):
		l.undone = true
	case err != nil:
		l.undone = true
		b.fail(err)
	case isFatal(end):
		l.undone = true
		b.fail(end.Error)
	}
	l.end = end
}

// isFatal tells whether a call failed for a reason that its event has no part in
// and that the next call would meet too.
func isFatal(end api.RunEnd) bool {
	if end.Error == nil {
		return false
	}
	switch end.Error.Kind {
	case fault.NotFound, fault.Conflict, fault.Unavailable, fault.PermissionDenied, fault.Canceled:
		return true
	}
	return end.Refused || end.Error.Lasting
}

// ended gives the turn of a line on.
func (b *batch) ended(l *line) {
	b.held.add(len(l.result) - len(l.event))
	l.event = nil
	b.tally.count(l)
	close(l.done)
	<-b.turns
}

func (b *batch) take() *client.Calls {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := len(b.idle)
	if n == 0 {
		return b.host.Calls()
	}
	calls := b.idle[n-1]
	b.idle = b.idle[:n-1]
	return calls
}

func (b *batch) give(calls *client.Calls) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.idle = append(b.idle, calls)
}

func (b *batch) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, calls := range b.idle {
		calls.Close()
	}
}
