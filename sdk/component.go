package sdk

import (
	"context"
	"io"
	"time"
)

// Component is a place where functions run.
type Component interface {
	// Describe says what this component is and can do.
	Describe() Description

	// Validate checks, without changing anything of the user's, that Run would
	// work: a list of named checks. What it makes to find out it removes. An
	// error means that the checking itself failed, not a check.
	Validate(ctx context.Context) (Validation, error)

	// Deploy makes one version of a function known here and returns where it
	// now lives. It is idempotent, finishes what an interrupted one began, and
	// undoes Stop.
	Deploy(ctx context.Context, f Function, progress Progress) (location string, err error)

	// Run makes one call. Event bytes come from inv.Event; log and result go to
	// out as they happen. The report tells start kind and phases and is used
	// also when err is not nil. A function that raised is an error of kind
	// FunctionFailed; one that is not deployed, or not in this version, is
	// NotFound, a stopped one Conflict.
	Run(ctx context.Context, inv Invocation, out Output) (Report, error)

	// Stop refuses new calls of a function until Deploy. It deletes nothing, is
	// idempotent, and remembers with the component, not in this process. A
	// function that is not deployed is NotFound.
	Stop(ctx context.Context, function string) error

	// Status tells the state of the named functions, or of all of ours that the
	// component knows when there are no names. A named function that is not
	// here is left out.
	Status(ctx context.Context, functions ...string) ([]FunctionStatus, error)
}

// Configurer is a component with settings of its own, or one that keeps state.
// Without it, any setting in the manifest is refused.
type Configurer interface {
	Configure(ctx context.Context, c Config) error
}

// Remover takes a function off the component. Removing what is not there is no
// error.
type Remover interface {
	Remove(ctx context.Context, function string) error
}

// LogReader returns what a function printed, oldest first: at most tail
// records, the newest; all that is kept when tail is 0. An error of each ends
// it. A function that is not deployed is NotFound.
type LogReader interface {
	Logs(ctx context.Context, function string, tail int, each func(LogRecord) error) error
}

// PoolReporter tells which workers wait for calls, and why that many.
type PoolReporter interface {
	Pool(ctx context.Context) ([]PoolEntry, error)
}

// Preparer makes a runtime ready: it installs what the runtime's requirements
// name, so that no call waits for it. It is idempotent and finishes what an
// interrupted one began. Deploy does the same where it was not done. What the
// installer refuses is Invalid; a network that cannot be reached is Unavailable.
//
// What a runtime's image refers to is found out anew each time: calls that come
// later are served with that, and workers of another image are let go.
type Preparer interface {
	PrepareRuntime(ctx context.Context, r Runtime, progress Progress) error
}

// Collector removes what runs that were killed left behind, and what it keeps
// for no function or runtime any more: of this host alone, see Config.HostID,
// and nothing that is in use, by another process of the component too. runtimes
// are all that there are; none means that the host does not tell. It says of each
// what it was, as in "container 3f2a of a killed plugin". What cannot be removed
// is an error; what was removed before is told all the same.
type Collector interface {
	Collect(ctx context.Context, runtimes []Runtime, progress Progress) (removed []string, err error)
}

// Watcher tells of changes, so that nobody has to ask. Watch passes what Status
// without names would tell to each, at once and again within a second of any
// change: of a call's begin or end, of what the functions need, of what others do
// to them. Several changes may go into one observation; there are at most ten a
// second, however many calls there are. It returns when ctx ends, with an error of
// each, or when it can watch no longer.
type Watcher interface {
	Watch(ctx context.Context, each func(Observation) error) error
}

// Progress hears how far a long operation is. It may be called often; it must
// not be called after the operation returned.
type Progress func(step string, done, total int64, unit string)

// Output takes what a call produces. Write appends to the result. Both block
// while the receiver is slow, and fail when it is gone; then the call is over.
// Log and Write may be called from different goroutines.
type Output interface {
	io.Writer
	Log(stream LogStream, p []byte) error
}

// Invocation is one call.
type Invocation struct {
	ID       string
	Function Function
	Event    io.Reader         // the event's bytes; io.EOF ends them
	Timeout  time.Duration     // of the function itself; always set
	Raw      bool              // event and result are bytes where they would be JSON
	Secrets  map[string]string // like Env, but for this call only: never stored, never logged
}

// Report tells how a call went, whatever its outcome.
type Report struct {
	Start  StartKind
	Phases Phases
}

// Phases says where the time of a call went. What did not happen is zero.
type Phases struct {
	Queue  time.Duration // waiting for a turn
	Pool   time.Duration // getting a worker
	Inject time.Duration // handing it the code
	Init   time.Duration // loading the code
	Call   time.Duration // event in, result out
}
