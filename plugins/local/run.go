package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/fnhost/fn/plugins/local/unpacked"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

const (
	// overtime is how much longer than its timeout a call is waited for, until
	// a worker that does not keep time itself is killed.
	overtime = 2 * time.Second
	// mostAttempts bounds how many workers may die while they are handed the
	// function, whose doing it may be, before the call gives up.
	mostAttempts = 8
)

// Run gives the call a worker of its own. The worker is ended, and the log
// written, after Run has returned.
func (c *Component) Run(ctx context.Context, inv sdk.Invocation, out sdk.Output) (report sdk.Report, err error) {
	known, err := c.admit(inv.Function)
	if err != nil {
		return report, err
	}
	kind, err := c.prepared(ctx, inv.Function)
	if err == nil {
		err = c.installed(ctx, known)
	}
	if err != nil {
		return report, err
	}
	code, err := openCode(inv.Function)
	if err != nil {
		return report, err
	}
	defer code.Close()
	c.shelf.Expect(bundle(inv.Function)) // while a worker is waited for
	defer c.running.begin(inv.Function.Name)()

	call := newCall(inv, out, c.Now)
	call.modules = known.ModuleDirs()
	defer func() { c.logs.take(inv.Function.Name, call.out.lines) }()
	for attempt := 1; ; {
		w, start, err := c.workers.take(ctx, kind, inv, call.modules, &call.phases)
		if err != nil {
			return sdk.Report{Start: start, Phases: call.phases}, c.onFullDisk(err)
		}
		if start != sdk.StartCold && (w.EndsWithin(0) || !w.HasHome()) {
			c.workers.lost(w)
			continue
		}
		if err = call.prepare(ctx, w, c.shelf, code); err == nil {
			err = call.run(ctx, w)
		} else if start == sdk.StartWarm && attempt < mostAttempts && diedWaiting(w, err) {
			attempt++
			c.workers.lost(w)
			continue
		}
		err = c.onFullDisk(call.explain(w, err))
		c.workers.done(w)
		return sdk.Report{Start: start, Phases: call.phases}, err
	}
}

func openCode(f sdk.Function) (*os.File, error) {
	code, err := os.Open(f.Code.Path)
	if err != nil {
		return nil, sdk.Errorf(sdk.NotFound, "its code is gone: %w", err).WithHint("fn update %s PATH", f.Name)
	}
	return code, nil
}

// call is one invocation on its way through a worker.
type call struct {
	sdk.Invocation
	event   *event
	out     *output
	phases  sdk.Phases
	modules []string // of the packages that its code requires
}

func newCall(inv sdk.Invocation, out sdk.Output, now func() time.Time) *call {
	return &call{Invocation: inv, event: &event{from: inv.Event}, out: newOutput(inv.ID, out, now)}
}

// prepare makes the worker the function's, unless it already is: then what it
// printed while it was loaded belongs to this call.
func (c *call) prepare(ctx context.Context, w *waiting, shelf *unpacked.Shelf, code *os.File) error {
	if w.early != nil {
		return w.early.replay(c.out)
	}
	begin := time.Now()
	ack, err := inject(ctx, w.Worker, c.Function, c.modules, c.Timeout, c.Secrets, shelf, code, c.out)
	c.phases.Init = time.Duration(ack.InitMicros) * time.Microsecond
	c.phases.Inject = time.Since(begin) - c.phases.Init
	return err
}

// run makes the call. Loading the function took of its time.
func (c *call) run(ctx context.Context, w *waiting) error {
	left := max(c.Timeout-c.phases.Init, time.Millisecond)
	ctx, cancel := context.WithTimeout(ctx, left+overtime)
	defer cancel()
	begin := time.Now()
	end, err := w.Call(ctx, worker.Call{ID: c.ID, TimeoutMillis: millis(left), Raw: c.Raw}, c.event, c.out)
	c.phases.Call = time.Since(begin)
	if err == nil && end.Failure != nil {
		err = end.Failure
		if end.Failure.Kind == worker.Timeout { // it knows only what loading had left
			end.Failure.Message = fmt.Sprintf("the function took longer than %v", c.Timeout)
		}
	}
	return err
}

// diedWaiting tells whether the worker had died before it could know anything
// of the call, as far as that can be told: it ended without a word.
func diedWaiting(w *waiting, err error) bool {
	var f *worker.Failure
	return errors.As(err, &f) && f.Kind == worker.Broken && w.EndsWithin(straggle)
}

// merge returns both; on a name in both the second wins.
func merge(a, b map[string]string) map[string]string {
	if len(b) == 0 {
		return a
	}
	all := make(map[string]string, len(a)+len(b))
	for _, m := range []map[string]string{a, b} {
		for name, value := range m {
			all[name] = value
		}
	}
	return all
}

// millis rounds up: 0 would mean no limit.
func millis(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
