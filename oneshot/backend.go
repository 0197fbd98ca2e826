package oneshot

import (
	"context"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// A Backend starts workers of kinds K.
type Backend[K Kind[K]] interface {
	// Check refuses a function that would fail, or be silently different, in
	// every call.
	Check(f sdk.Function) error
	// Prepare does all that a function and its runtime need which was not done
	// before, and returns the kind of worker that serves it. What is to be known
	// in calls it puts into the record. It may take long.
	Prepare(ctx context.Context, f sdk.Function, r *record.Record, progress sdk.Progress) (K, error)
	// Prepared returns the kind of worker on the path of a call, which it must not
	// hold up: what is to be prepared first, or again, is NotFound.
	Prepared(ctx context.Context, f sdk.Function, r record.Record) (K, error)
	// Conditions tells of each deployed function what its record does not. None at
	// all is nil.
	Conditions(ctx context.Context, records []record.Record) []Condition
	// Start starts a worker and returns when it waits for a function.
	Start(ctx context.Context, kind K) (Worker, error)
}

// A Condition is what is known of a deployed function beyond its record. The zero
// value says that calls are served as usual.
type Condition struct {
	Unknown bool   // whether calls are served cannot be told now
	Reason  string // why not, or what the next call does first; one sentence
}

// A Kind is what makes generic workers equal: any of one kind can serve a call
// that wants that kind.
type Kind[K any] interface {
	comparable
	// Lasting is what stays of the kind when its parts are renewed: the
	// interpreter, the image. Workers of a kind that was renewed are let go.
	Lasting() K
	// Speaks is the language, which its workers are called as long as no runtime is known
	// that needs them.
	Speaks() string
	// Differs says, after a semicolon, what its workers have or lack beyond those
	// of the bare language: "; without network".
	Differs() string
	// Replaced says why its workers are not wanted since it was renewed.
	Replaced(by K) string
}

// A Worker waits for a function, serves one call of it and ends. Stop is called
// in any case.
type Worker interface {
	// Inject makes it the function's.
	Inject(context.Context, Handover, worker.Output) (worker.Ack, error)
	// Call is that of worker.Conn.
	Call(context.Context, worker.Call, io.Reader, worker.Output) (worker.End, error)
	// ID is that of its container or process.
	ID() string
	// Paused tells whether somebody has paused it.
	Paused() bool
	// Begun is when its start began.
	Begun() time.Time
	// Usable tells, as far as that is known without waiting, whether it can still
	// serve a call.
	Usable() bool
	// Ended is closed when the worker has ended, by whatever cause.
	Ended() <-chan struct{}
	// EndsWithin waits, not longer than limit, for its end.
	EndsWithin(limit time.Duration) bool
	// Fate waits for the end and says how it was.
	Fate() Fate
	// Lost returns why nothing is heard of it that is not its own doing, at most
	// some seconds later: an engine that does not answer. nil: it can be heard.
	Lost() error
	// RanOutOfMemory tells whether a process of it was killed for want of memory.
	// It is not asked after Stop.
	RanOutOfMemory() bool
	// Resident is the memory, in bytes, that the worker holds now; 0: not known.
	Resident() int64
	// Stop ends it with everything its function started, and returns when nothing
	// is left.
	Stop()
}

// Fate is how a worker ended.
type Fate struct {
	Words   string // "signal: killed"
	InOrder bool   // it ended by itself, without a failure of its own
}

// A Handover is what a worker is given.
type Handover struct {
	Function sdk.Function
	Record   record.Record // as Prepare left it
	Code     *os.File      // the packed code; nil where the function is an image
	Timeout  time.Duration // of the call
	Secrets  map[string]string
}

// Injection is the message that goes with it.
func (h Handover) Injection() worker.Injection {
	f := h.Function
	return worker.Injection{
		Function: f.Name, Version: strconv.Itoa(f.Version), Runtime: f.Runtime.Name, Handler: f.Handler,
		CodeDigest: f.Code.Digest, Env: merge(f.Env, h.Secrets), Modules: h.Record.ModuleDirs(),
		MemoryBytes: f.Memory, TimeoutMillis: millis(h.Timeout),
	}
}

// Overtime is how much longer than its timeout a call is waited for, until a
// worker that does not keep time itself is ended.
const Overtime = 2 * time.Second

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
