package launch

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"google.golang.org/grpc/status"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/sdk/wire"
)

// Process is one running plugin. Its methods may be called from many
// goroutines.
type Process struct {
	attempt *attempt
	pid     int
	stopped chan struct{} // closed by the first Stop
	once    sync.Once
	done    chan struct{} // it has ended; broken is set
	cleaned chan struct{} // nothing of it is left
	broken  *fault.Error  // nil when it ended because it was asked to
}

func newProcess(a *attempt) *Process {
	pid, _ := strconv.Atoi(a.child.ID())
	p := &Process{
		attempt: a,
		pid:     pid,
		stopped: make(chan struct{}),
		done:    make(chan struct{}),
		cleaned: make(chan struct{}),
	}
	go p.watch()
	return p
}

func (p *Process) watch() {
	p.attempt.child.wait()
	select {
	case <-p.stopped:
	default:
		p.broken = p.attempt.autopsy()
	}
	close(p.done)
	p.attempt.clean()
	close(p.cleaned)
}

// Client is the component that the process serves.
func (p *Process) Client() *wire.Client { return p.attempt.client }

// Description is what the component answered to Describe at the start.
func (p *Process) Description() (sdk.Description, wire.Abilities) {
	return p.attempt.is, p.attempt.can
}

// PID is the process's, and that of its process group.
func (p *Process) PID() int { return p.pid }

// Done is closed when the process has ended, however it did.
func (p *Process) Done() <-chan struct{} { return p.done }

// Diagnosis says how the process ended, with its last lines; nil while it runs
// and when Stop ended it.
func (p *Process) Diagnosis() error {
	select {
	case <-p.done:
		if p.broken != nil {
			return p.broken
		}
	default:
	}
	return nil
}

// deathTime is how much later than the broken connection the end of a process
// may show.
const deathTime = time.Second

// Wrap makes of an error of Client the diagnosis, if the process's end is what
// caused it. Errors of the component itself, and nil, are returned as they are.
func (p *Process) Wrap(err error) error {
	var failed *fault.Error
	if !errors.As(err, &failed) || failed.Kind != fault.Broken || !ofTransport(failed.Cause) {
		return err
	}
	select {
	case <-p.done:
	case <-time.After(deathTime):
	}
	if p.Diagnosis() == nil {
		return err
	}
	return p.broken.In(failed.Component, failed.Operation)
}

// ofTransport tells an error that gRPC made from one that a component made:
// that crosses the wire without its cause.
func ofTransport(cause error) bool {
	var rpc interface{ GRPCStatus() *status.Status }
	return errors.As(cause, &rpc)
}

// Stop ends the process: the end of its standard input asks it to, after
// StopGrace SIGTERM does, after TermGrace more it is killed with its group. The
// end of ctx cuts the waiting short. Nothing of it is left when Stop returns.
// It may be called again, and of a process that has ended.
func (p *Process) Stop(ctx context.Context) {
	p.once.Do(func() {
		close(p.stopped)
		_ = p.attempt.child.stdin.Close()
	})
	if !p.endsWithin(ctx, StopGrace) {
		p.attempt.child.signal(terminateGroup)
		if !p.endsWithin(ctx, TermGrace) {
			p.attempt.child.signal(killGroup)
		}
	}
	<-p.cleaned
}

func (p *Process) endsWithin(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-ctx.Done():
		return false
	case <-timer.C:
		return false
	}
}

// autopsy says how a process ended that nobody asked to.
func (a *attempt) autopsy() *fault.Error {
	how := a.child.cmd.ProcessState
	e := fault.New(fault.Broken, "the plugin ended unasked (%s)%s", a.log.cause(how), a.log.tail())
	return e.WithHint("fn host logs").In(a.spec.Component, "")
}
