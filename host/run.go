package host

import (
	"context"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/api/serve"
	"github.com/fnhost/fn/host/function"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// Run makes one call and has it recorded once the caller has its reply.
func (h *Host) Run(ctx context.Context, from api.Caller, req api.RunRequest, event io.Reader, out serve.RunOutput) api.RunEnd {
	begin := time.Now()
	id, err := uuid.NewV7() // begins with the time: calls sort by age
	if err != nil {
		return api.RunEnd{Function: req.Name, Error: fault.From(err)}
	}
	h.calls.Add(1)
	defer h.calls.Add(-1)
	ctx, cancel := h.until(ctx)
	defer cancel()

	end := api.RunEnd{ID: id.String(), Function: req.Name, Outcome: api.OutcomeOK, Refused: true}
	if err := h.run(ctx, from, req, event, out, &end); err != nil {
		end.Error = fault.From(endOf(ctx, err))
		end.Outcome = string(end.Error.Kind)
	}
	end.Phases.Total = milliseconds(time.Since(begin))
	if end.Version > 0 {
		h.records.RLock() // until it is written; calls waits for it
		select {
		case h.ended <- ended{begin, end}:
		case <-h.closed: // a call that did not end with the host
			h.records.RUnlock()
		}
	}
	return end
}

// run fills end as it learns; the error is the call's outcome.
func (h *Host) run(ctx context.Context, from api.Caller, req api.RunRequest, event io.Reader, out serve.RunOutput, end *api.RunEnd) error {
	f, err := h.callable(ctx, req.Name)
	if err != nil {
		return err
	}
	timeout := time.Duration(f.settings.Timeout)
	if req.TimeoutMS != 0 {
		timeout = time.Duration(req.TimeoutMS) * time.Millisecond
		if err := function.CheckTimeout(timeout); err != nil {
			return err
		}
	}
	end.Version = f.Version.Version
	c, state, err := h.choose(ctx, from, f.wants("run", req.On), out)
	if err != nil {
		return err
	}
	end.Component = c.name
	language, err := languageOf(state, function.Spoken(f.Runtime.Language))
	if err != nil {
		return fault.From(err).In(c.name, "run")
	}
	end.JSON = !req.Raw && function.SpeaksJSON(f.Runtime.Language)
	secrets, err := function.ResolveSecrets(f.settings.Secrets, from.Env)
	if err != nil {
		return err
	}
	inv := sdk.Invocation{
		ID:       end.ID,
		Function: h.on(f, c.name),
		Event:    limited(event, language.MaxEvent),
		Timeout:  timeout,
		Raw:      req.Raw,
		Secrets:  secrets,
	}
	p, release, err := h.processes.acquire(ctx, c)
	if err != nil {
		h.catalog.Recheck(c.target)
		return err
	}
	defer release()
	if err := h.ensureDeployed(ctx, p, c, state, f, out); err != nil {
		return err
	}
	end.Refused = false
	if err := h.invoke(ctx, p, c, state, inv, out, end); err != nil {
		return mend(fault.From(err), inv, c.name, req.TimeoutMS != 0)
	}
	return nil
}

// callable is all that is known of a function before a component is chosen.
type callable struct {
	registry.Callable
	settings function.Settings
}

func (h *Host) callable(ctx context.Context, name string) (callable, error) {
	known, err := h.registry.Callable(ctx, name)
	if err != nil {
		return callable{}, err
	}
	settings, err := function.SettingsOf(known.Version)
	return callable{known, settings}, err
}

// wants is the component that a verb for the function looks for.
func (f callable) wants(verb, on string) wanted {
	return wanted{verb: verb, on: on, own: f.settings.Component, image: f.Version.Image != "" || f.Runtime.Image != ""}
}

// on is the function as a component is given it.
func (h *Host) on(f callable, component string) sdk.Function {
	return function.ForComponent(f.Version, f.Runtime, f.settings, h.bundles.Path(f.Version.Digest), component)
}

// invoke hands the call to the plugin. A component that forgot a function,
// whatever the registry says, is given it once more.
func (h *Host) invoke(ctx context.Context, p *process, c *component, state api.Component, inv sdk.Invocation, out serve.RunOutput, end *api.RunEnd) error {
	ctx, cancel := context.WithTimeoutCause(ctx, inv.Timeout+overdue, fault.New(fault.Timeout,
		"the component did not end the call within its timeout and %s", overdue).WithHint("fn components check %s", c.name))
	defer cancel()
	event := newReplay(inv.Event)
	inv.Event = event.reader()
	var report sdk.Report
	call := func(ctx context.Context) (err error) {
		report, err = p.Client().Run(ctx, inv, runOutput{out})
		return err
	}
	err := attended(ctx, p, inv.Timeout, call)
	if fault.KindOf(err) == fault.NotFound && state.Limits.OnThisMachine {
		if err := h.deploy(ctx, p, c, inv.Function, out); err != nil {
			end.Refused = true
			return err
		}
		inv.Event = event.reader()
		err = attended(ctx, p, inv.Timeout, call)
	}
	end.Start = string(report.Start)
	end.Phases = phases(report.Phases)
	if err == nil {
		return nil
	}
	err = p.Wrap(err)
	if fault.KindOf(err) == fault.Unavailable {
		h.catalog.Recheck(c.target)
	}
	return fault.From(err).In(c.name, "run")
}

// overdue is how long a call may take beyond its own timeout, in the queue and
// for a worker's start, before the host gives up on a component that keeps
// quiet.
const overdue = 5 * time.Minute

// ended is a call to be recorded.
type ended struct {
	begin time.Time
	api.RunEnd
}

// maxUnrecorded is how many calls may wait for their record before the next one
// to end waits too.
const maxUnrecorded = 256

// recordAll writes what is kept of calls, after their reply. One goroutine does
// it for all: the database has one writer, which needs a large stack.
func (h *Host) recordAll() {
	for {
		select {
		case e := <-h.ended:
			h.record(e.begin, e.RunEnd)
			h.records.RUnlock()
		case <-h.closed:
			return
		}
	}
}

// record writes what is kept of a call.
func (h *Host) record(begin time.Time, end api.RunEnd) {
	r := registry.Call{
		ID: end.ID, Time: begin, Function: end.Function, Version: end.Version, Component: end.Component,
		Start: end.Start, Outcome: end.Outcome, Phases: phasesFrom(end.Phases),
	}
	if end.Error != nil {
		r.Message = end.Error.Message
	}
	if err := h.registry.InsertCall(context.Background(), r); err != nil {
		h.log.Error("record a call", "id", end.ID, "error", err)
	}
}

// languageOf finds the limits of a language, or says which there are.
func languageOf(state api.Component, language string) (api.Language, error) {
	if state.Limits == nil {
		return api.Language{}, fault.New(fault.Broken, "the component announces no languages")
	}
	var names []string
	for _, l := range state.Limits.Languages {
		if l.Name == language {
			return l, nil
		}
		names = append(names, l.Name)
	}
	return api.Language{}, fault.New(fault.Invalid, "it does not run %s, only %v", language, names).
		WithHint("fn components    shows what else there is; choose it with --on")
}

// runOutput passes what a call produces on to its caller.
type runOutput struct{ serve.RunOutput }

func (o runOutput) Write(p []byte) (int, error) {
	if err := o.Result(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (o runOutput) Log(stream sdk.LogStream, p []byte) error {
	return o.RunOutput.Log(stream == sdk.Stderr, p)
}
