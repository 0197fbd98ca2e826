package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

const (
	mostListed   = 20  // failures that are told one by one
	mostNumbers  = 10  // of failed lines in the summary
	mostSentence = 300 // bytes of a failure's sentence
	showEvery    = 200 * time.Millisecond
)

// tally counts the lines that are done, and tells of those that failed.
type tally struct {
	c        *commandLine
	function string
	begin    time.Time

	mu      sync.Mutex
	done    int64
	failed  int64
	numbers []int64 // of the first that failed
}

func newTally(c *commandLine, function string) *tally {
	return &tally{c: c, function: function, begin: time.Now()}
}

// count takes in a line that has ended.
func (t *tally) count(l *line) {
	if l.undone {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done++
	if l.end.Error == nil {
		return
	}
	t.failed++
	if len(t.numbers) < mostNumbers {
		t.numbers = append(t.numbers, l.number)
	}
	switch {
	case t.c.json || t.failed > mostListed+1: // with --json the line's object tells
	case t.failed > mostListed:
		t.say("more lines fail; only their number is told at the end")
	default:
		t.say(fmt.Sprintf("line %d: %s", l.number, sentence(l.end.Error)))
	}
}

func (t *tally) say(text string) {
	t.c.progress.clear()
	fmt.Fprintf(t.c.stderr, "%s %s\n", t.c.paint(t.c.stderr).bad("fn:"), t.c.visible(t.c.stderr, text))
}

// sentence is an error on one line that is not too long.
func sentence(e *fault.Error) string {
	text, _, _ := strings.Cut(e.Error(), "\n")
	if len(text) > mostSentence {
		text = strings.ToValidUTF8(text[:mostSentence], "") + " …"
	}
	return text
}

// show tells on a terminal how far it is, until stop.
func (t *tally) show(ctx context.Context) (stop func()) {
	if !t.c.progress.tty {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(showEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				t.c.progress.Progress(api.Progress{Step: t.now()})
			}
		}
	}()
	return func() {
		cancel()
		<-ended
		t.c.progress.clear()
	}
}

func (t *tally) now() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := fmt.Sprintf("%d done", t.done)
	if t.failed > 0 {
		text += fmt.Sprintf(", %d failed", t.failed)
	}
	return text + fmt.Sprintf(", %.0f a second", float64(t.done)/time.Since(t.begin).Seconds())
}

// result is how it went once every line has ended.
func (t *tally) result() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.failed == 0 {
		return nil
	}
	e := fault.New(fault.FunctionFailed, "%s", t.summary()).WithHint("fn calls %s --failed", t.function)
	if t.c.json {
		return reported{e}
	}
	return e
}

// summary tells which lines failed; of many only how many.
func (t *tally) summary() string {
	text := fmt.Sprintf("%d of %d lines failed", t.failed, t.done)
	if t.failed > mostNumbers {
		return text
	}
	var numbers []string
	for _, n := range slices.Sorted(slices.Values(t.numbers)) {
		numbers = append(numbers, fmt.Sprint(n))
	}
	return text + ": " + strings.Join(numbers, ", ")
}

// broken is the error that ended everything, with what was done before.
func (t *tally) broken(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := *fault.From(err)
	if t.done == 0 {
		return &e
	}
	e.Message += fmt.Sprintf(" (%d lines were done", t.done)
	if t.failed > 0 {
		e.Message += fmt.Sprintf(", %d of them failed", t.failed)
	}
	e.Message += ")"
	return &e
}
