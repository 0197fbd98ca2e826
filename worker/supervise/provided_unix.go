//go:build unix

package supervise

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
)

// noDeadline is the time of a call that has no limit: the API has no word for it.
const noDeadline = 24 * time.Hour

// provided runs an executable that speaks the AWS Lambda Runtime API with api.
type provided struct {
	home    home
	output  *output
	environ []string // as in Config
	api     RuntimeAPI
	arn     string

	contained bool // as in Config

	mu    sync.Mutex
	child Child
	taps  []*tap
}

func (p *provided) prepare() (string, *worker.Failure) {
	if err := p.api.Rehearse(context.Background()); err != nil {
		return "", failed(worker.Unavailable, "the Runtime API does not answer: %v", err)
	}
	return "", nil
}

// load starts the function, which is initialised when it asks for an event.
func (p *provided) load(injection worker.Injection) (string, *worker.Failure) {
	found, err := choose(injection, p.home, p.environ, resolveBootstrap)
	if err != nil {
		return "", err.(*worker.Failure)
	}
	p.arn = "arn:fn:local:::function:" + injection.Function + ":" + injection.Version
	found.env = merge(found.env, functionEnv(injection, found.dir, found.handler), map[string]string{
		"AWS_LAMBDA_RUNTIME_API": p.api.Address(),
		"LAMBDA_RUNTIME_DIR":     found.dir,
	})
	if err := p.start(found); err != nil {
		return "", found.unstarted(err)
	}
	if injection.MemoryBytes > 0 {
		process.LimitData(p.child.PID(), execData(injection.MemoryBytes)) // it may have ended already
	}
	select {
	case <-p.api.Ready():
		p.flush()
		return found.handler, nil
	case <-p.api.Ended():
		p.linger(p.child.Ended(), nil)
	case <-p.child.Ended():
		p.linger(p.api.Ended(), nil) // what it sent before its end may be on the way
		settle(straggle, p.taps...)
	}
	if closed(p.api.Ended()) {
		return "", p.api.Failure()
	}
	failure := unanswered(p.child, "it ended before it asked for an event")
	failure.Message = "the code failed to load: " + failure.Message
	return "", failure
}

func (p *provided) start(c own) error {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer null.Close()
	child, taps, err := startTapped(process.Spec{
		Path: c.path, Args: c.args, Env: list(c.env), Dir: c.dir, Exposed: p.contained,
	}, null, p.output.log(worker.Stdout), p.output.log(worker.Stderr))
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.child, p.taps = child, taps
	return nil
}

func (p *provided) begin(call worker.Call) (io.WriteCloser, *worker.Failure) {
	limit := noDeadline
	if call.TimeoutMillis > 0 {
		limit = time.Duration(call.TimeoutMillis) * time.Millisecond
	}
	reader, writer := io.Pipe()
	p.api.Offer(Offer{
		ID: call.ID, ARN: p.arn, Deadline: time.Now().Add(limit), Event: reader, Result: p.output.result,
	})
	return &piped{to: writer, left: worker.MaxEventBytes}, nil
}

// finish prefers what the function says to how its process ends.
func (p *provided) finish() *worker.Failure {
	select {
	case <-p.api.Ended():
		p.linger(p.api.Again(), p.child.Ended())
	case <-p.child.Ended():
		p.linger(p.api.Ended(), nil)
		settle(straggle, p.taps...)
	}
	if !closed(p.api.Ended()) {
		return unanswered(p.child, noResult)
	}
	failure := p.api.Failure()
	if failure != nil && failure.Function == nil && failure.Kind == worker.FunctionFailed && closed(p.child.Ended()) {
		return unanswered(p.child, noResult) // that is why its answer broke off
	}
	return failure
}

// linger gives the function a moment to write what it has to say about a call
// that it has answered, and passes that on.
func (p *provided) linger(one, other <-chan struct{}) {
	late := time.NewTimer(straggle)
	defer late.Stop()
	select {
	case <-one:
	case <-other:
	case <-late.C:
	}
	p.flush()
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (p *provided) flush() {
	for _, t := range p.taps {
		t.flush()
	}
}

func (p *provided) kill() {
	p.mu.Lock()
	child := p.child
	p.mu.Unlock()
	if child != nil {
		child.Kill(killLimit)
	}
	p.api.Close()
}
