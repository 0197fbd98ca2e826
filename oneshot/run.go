package oneshot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

const (
	// mostAttempts bounds how many workers may die while they are handed the
	// function, whose doing it may be, before the call gives up.
	mostAttempts = 8
)

// Run gives the call a worker of its own. The worker is ended, and the log
// written, after Run has returned.
func (s *Server[K]) Run(ctx context.Context, inv sdk.Invocation, out sdk.Output) (report sdk.Report, err error) {
	known, err := s.admit(inv.Function)
	if err != nil {
		return report, err
	}
	kind, err := s.backend.Prepared(ctx, inv.Function, known)
	if err != nil {
		return report, beforeCall(err)
	}
	code, err := openCode(inv.Function)
	if err != nil {
		return report, err
	}
	defer code.Close()
	defer s.begin(inv.Function.Name)()

	call := newCall(inv, known, code, out, s.cfg.Now)
	defer func() { s.logs.take(inv.Function.Name, call.out.lines) }()
	for attempt := 1; ; {
		w, start, err := s.workers.take(ctx, kind, inv, known, &call.phases)
		if err != nil {
			return sdk.Report{Start: start, Phases: call.phases}, s.onFullDisk(err)
		}
		if start != sdk.StartCold && !w.Usable() {
			s.workers.lost(w)
			continue
		}
		s.workers.roster.enter(w, inv.Function.Name, sdk.WorkerRunning)
		if err = call.prepare(ctx, w); err == nil {
			err = call.run(ctx, w)
		} else if start == sdk.StartWarm && attempt < mostAttempts && diedWaiting(w, err) {
			attempt++
			s.workers.lost(w)
			continue
		}
		err = s.onFullDisk(call.explain(w, err))
		s.workers.done(w)
		return sdk.Report{Start: start, Phases: call.phases}, err
	}
}

// openCode opens the packed code; nil where the function is an image.
func openCode(f sdk.Function) (*os.File, error) {
	if f.Image != "" {
		return nil, nil
	}
	code, err := os.Open(f.Code.Path)
	if err != nil {
		return nil, sdk.Errorf(sdk.NotFound, "its code is gone: %w", err).WithHint("fn update %s PATH", f.Name)
	}
	return code, nil
}

// call is one invocation on its way through a worker.
type call struct {
	sdk.Invocation
	handover Handover
	event    *event
	out      *output
	phases   sdk.Phases
}

func newCall(inv sdk.Invocation, known record.Record, code *os.File, out sdk.Output, now func() time.Time) *call {
	return &call{
		Invocation: inv,
		handover:   Handover{Function: inv.Function, Record: known, Code: code, Timeout: inv.Timeout, Secrets: inv.Secrets},
		event:      &event{from: inv.Event}, out: newOutput(inv.ID, out, now),
	}
}

// prepare makes the worker the function's, unless it already is: then what it
// printed while it was loaded belongs to this call.
func (c *call) prepare(ctx context.Context, w *waiting) error {
	if w.early != nil {
		return w.early.replay(c.out)
	}
	begin := time.Now()
	ack, err := inject(ctx, w, c.handover, c.out)
	c.phases.Init = time.Duration(ack.InitMicros) * time.Microsecond
	c.phases.Inject = time.Since(begin) - c.phases.Init
	return err
}

func inject(ctx context.Context, w Worker, h Handover, out worker.Output) (worker.Ack, error) {
	ctx, cancel := context.WithTimeout(ctx, h.Timeout+Overtime)
	defer cancel()
	return w.Inject(ctx, h, out)
}

// run makes the call. Loading the function took of its time.
func (c *call) run(ctx context.Context, w *waiting) error {
	left := max(c.Timeout-c.phases.Init, time.Millisecond)
	ctx, cancel := context.WithTimeout(ctx, left+Overtime)
	defer cancel()
	begin := time.Now()
	end, err := w.Call(ctx, worker.Call{ID: c.ID, TimeoutMillis: millis(left), Raw: c.Raw}, c.event, c.out)
	c.phases.Call = time.Since(begin)
	if err == nil && end.Failure != nil {
		err = end.Failure
	}
	var late *worker.Failure
	if errors.As(err, &late) && late.Kind == worker.Timeout { // the worker knows only what loading had left
		late.Message = fmt.Sprintf("the function took longer than %v", c.Timeout)
	}
	return err
}

// diedWaiting tells whether the worker had died before it could know anything
// of the call, as far as that can be told: it ended without a word.
func diedWaiting(w *waiting, err error) bool {
	var f *worker.Failure
	return errors.As(err, &f) && f.Kind == worker.Broken && w.EndsWithin(straggle)
}
