package registry

import (
	"context"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

const (
	insertCallQuery = `INSERT INTO calls (id, time, function, version, component, start, outcome, message, queue, pool, inject, init, call, total)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	pruneCallsQuery = "DELETE FROM calls WHERE seq <= ?"
	callQuery       = "SELECT id, time, function, version, component, start, outcome, message, queue, pool, inject, init, call, total FROM calls"

	// Every so many calls the oldest are forgotten: the sequence number tells,
	// so that several processes do it together as often as one.
	pruneEvery = 256

	defaultLast = 20
)

// InsertCall keeps the record of a call, and forgets the oldest now and then:
// there are never more than Options.KeepCalls and pruneEvery together.
func (r *Registry) InsertCall(ctx context.Context, c Call) error {
	p := c.Phases
	result, err := r.insertCall.ExecContext(ctx, c.ID, micro(c.Time), c.Function, c.Version, c.Component, c.Start, c.Outcome, c.Message,
		p.Queue.Microseconds(), p.Pool.Microseconds(), p.Inject.Microseconds(), p.Init.Microseconds(), p.Call.Microseconds(), p.Total.Microseconds())
	if err != nil {
		return r.fault("record call", err)
	}
	seq, err := result.LastInsertId()
	if err == nil && seq%pruneEvery == 0 && seq > int64(r.keep) {
		_, err = r.pruneCalls.ExecContext(ctx, seq-int64(r.keep))
	}
	return r.fault("record call", err)
}

// Calls says which calls are meant.
type Calls struct {
	Function string // empty: all functions
	Failed   bool   // only those that did not succeed
	Last     int    // how many; 0: 20
}

// Calls are the last calls of those that are meant, newest first.
func (r *Registry) Calls(ctx context.Context, meant Calls) ([]Call, error) {
	where, args := " WHERE true", []any(nil)
	if meant.Function != "" {
		where, args = where+" AND function = ?", append(args, meant.Function)
	}
	if meant.Failed {
		where += " AND outcome <> 'ok'"
	}
	last := meant.Last
	if last <= 0 {
		last = defaultLast
	}
	return r.calls(ctx, where+" ORDER BY seq DESC LIMIT ?", append(args, last)...)
}

// Call is the call of that id, or the only one whose id begins so. None is
// NotFound, several are Invalid.
func (r *Registry) Call(ctx context.Context, id string) (Call, error) {
	if id == "" {
		return Call{}, fault.New(fault.Invalid, "no id of a call was given").WithHint("fn calls")
	}
	found, err := r.calls(ctx, " WHERE id >= ? AND id < ? ORDER BY id LIMIT 2", id, id+"\U0010FFFF")
	switch {
	case err != nil:
		return Call{}, err
	case len(found) == 0:
		return Call{}, fault.New(fault.NotFound, "there is no call %q; the newest %d are kept", id, r.keep).WithHint("fn calls")
	case len(found) > 1 && found[0].ID != id:
		return Call{}, fault.New(fault.Invalid, "several calls begin with %q, such as %s and %s", id, found[0].ID, found[1].ID).
			WithHint("fn calls show %s", found[0].ID)
	default:
		return found[0], nil
	}
}

func (r *Registry) calls(ctx context.Context, where string, args ...any) ([]Call, error) {
	rows, err := r.read.QueryContext(ctx, callQuery+where, args...)
	if err != nil {
		return nil, r.fault("list calls", err)
	}
	defer rows.Close()
	var list []Call
	for rows.Next() {
		c, err := scanCall(rows)
		if err != nil {
			return nil, r.fault("list calls", err)
		}
		list = append(list, c)
	}
	return list, r.fault("list calls", rows.Err())
}

func scanCall(row scanner) (Call, error) {
	var c Call
	var at int64
	var phases [6]int64
	err := row.Scan(&c.ID, &at, &c.Function, &c.Version, &c.Component, &c.Start, &c.Outcome, &c.Message,
		&phases[0], &phases[1], &phases[2], &phases[3], &phases[4], &phases[5])
	c.Time = fromMicro(at)
	for i, to := range []*time.Duration{&c.Phases.Queue, &c.Phases.Pool, &c.Phases.Inject, &c.Phases.Init, &c.Phases.Call, &c.Phases.Total} {
		*to = time.Duration(phases[i]) * time.Microsecond
	}
	return c, err
}
