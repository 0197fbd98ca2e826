//go:build unix

package supervise

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
	"github.com/fnhost/fn/worker/process"
)

//go:embed bootstrap.py
var bootstrap []byte

// pythonMargin is the private memory, in bytes, that a python function may map
// beyond its limit: the interpreter, the stacks of threads. A single allocation
// that would exceed the limit then raises MemoryError, and python can say so.
const pythonMargin = 64 << 20

// python runs a function in an interpreter that waits for it, and speaks frames
// with it over a socket of their own.
type python struct {
	home        home
	output      *output
	env         map[string]string
	interpreter string
	preload     []string

	in   *frame.Reader
	out  *frame.Writer
	taps []*tap

	mu    sync.Mutex
	child *process.Child
}

// The messages to the interpreter. Its answers are those of package worker.
type (
	pythonLoad struct {
		Code           string            `json:"code"`
		Handler        string            `json:"handler"`
		DefaultHandler string            `json:"default_handler"`
		Env            map[string]string `json:"env"`
	}
	pythonCall struct {
		worker.Call
		MaxResultBytes int `json:"max_result_bytes"`
	}
)

func (p *python) prepare() (string, *worker.Failure) {
	if err := p.start(); err != nil {
		return "", failed(worker.Unavailable, "starting python: %v", err)
	}
	var hello worker.Hello
	if failure := p.answer(frame.Hello, &hello); failure != nil {
		failure.Kind = worker.Unavailable
		failure.Message = "python was not ready: " + failure.Message
		return "", failure
	}
	return hello.Version, nil
}

func (p *python) start() error {
	script := p.home.script("bootstrap.py")
	if err := os.WriteFile(script, bootstrap, 0o600); err != nil {
		return err
	}
	ours, theirs, err := worker.Pair()
	if err != nil {
		return err
	}
	defer theirs.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer null.Close()
	stdout, stdoutEnd, err := newTap(p.output.log(worker.Stdout))
	if err != nil {
		return err
	}
	defer stdoutEnd.Close()
	stderr, stderrEnd, err := newTap(p.output.log(worker.Stderr))
	if err != nil {
		return err
	}
	defer stderrEnd.Close()
	// -I: nothing of the user's or the directory's; -S: site-packages only when
	// wanted, see LateSite; -B: a worker lives for one call, so compiled files
	// would only be written and removed again.
	args := []string{p.interpreter, "-I", "-S", "-B", script, strings.Join(p.preload, ",")}
	child, err := process.Start(process.Spec{
		Path: p.interpreter, Args: args, Env: list(p.env), Dir: p.home.code(),
		Files: []*os.File{null, stdoutEnd, stderrEnd, theirs},
	})
	if err != nil {
		return err
	}
	p.in, p.out, p.taps = frame.NewReader(ours), frame.NewWriter(ours), []*tap{stdout, stderr}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.child = child
	return nil
}

func (p *python) load(injection worker.Injection) (string, *worker.Failure) {
	handler := injection.Handler
	if handler == "" {
		handler = worker.DefaultPython
	}
	if injection.MemoryBytes > 0 {
		if err := process.LimitData(p.child.PID, injection.MemoryBytes+pythonMargin); err != nil {
			return "", failed(worker.Internal, "limiting memory: %v", err)
		}
	}
	err := p.tell(frame.Inject, pythonLoad{
		Code: p.home.code(), Handler: handler, DefaultHandler: worker.DefaultPython,
		Env: functionEnv(injection, p.home.code(), handler),
	})
	if err != nil {
		return "", p.gone()
	}
	var ack worker.Ack
	failure := p.answer(frame.Ack, &ack)
	return ack.Handler, failure
}

func (p *python) begin(call worker.Call) (io.WriteCloser, *worker.Failure) {
	if err := p.tell(frame.Call, pythonCall{Call: call, MaxResultBytes: worker.MaxResultBytes}); err != nil {
		return nil, p.gone()
	}
	return &bounded{to: p.out, left: worker.MaxEventBytes}, nil
}

func (p *python) finish() *worker.Failure {
	var end worker.End
	if failure := p.answer(frame.End, &end); failure != nil {
		return failure
	}
	return end.Failure
}

func (p *python) kill() {
	p.mu.Lock()
	child := p.child
	p.mu.Unlock()
	if child != nil {
		child.Kill(killLimit)
	}
}

func (p *python) tell(kind frame.Type, message any) error {
	payload, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return p.out.Write(kind, payload)
}

// answer passes results on until the interpreter has sent the wanted message,
// and then all the log that it wrote before.
func (p *python) answer(want frame.Type, into any) *worker.Failure {
	for {
		kind, payload, err := p.in.Next()
		switch {
		case err != nil:
			return p.gone()
		case kind == frame.Result && want == frame.End:
			p.output.result(payload)
			continue
		case kind == want:
			err = json.Unmarshal(payload, into)
		case kind == frame.End:
			var end worker.End
			if err = json.Unmarshal(payload, &end); err == nil && end.Failure != nil {
				p.flush()
				return end.Failure
			}
		default:
			err = fmt.Errorf("%s in place of %s", kind, want)
		}
		p.flush()
		if err != nil {
			return failed(worker.FunctionFailed, "the function wrote to the worker's stream: %v", err)
		}
		return nil
	}
}

func (p *python) flush() {
	for _, t := range p.taps {
		t.flush()
	}
}
