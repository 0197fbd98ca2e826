//go:build unix

package supervise

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
	"github.com/fnhost/fn/worker/process"
)

// interpreted runs a function in an interpreter that waits for it, and speaks
// frames with it over a socket of their own, its descriptor 3.
type interpreted struct {
	dialect
	home   home
	output *output
	env    map[string]string
	spawn  func(process.Spec) (Child, error) // starts the interpreter's process

	contained bool // as in Config

	socket *os.File
	in     *frame.Reader
	out    *frame.Writer
	taps   []*tap

	mu     sync.Mutex
	child  Child
	killed func() bool // the worker was; nil where that ends this process too
}

// A dialect is what one interpreter needs that others do not.
type dialect struct {
	name           string
	title          string // of the interpreter, as people say it
	minimum        string // the oldest version that functions run on
	defaultHandler string
	// interpreter is where it is, or what to look for: see findInterpreter.
	interpreter string
	// arguments returns what the interpreter is started with, after it has put
	// what that names into the worker's directory. nil: spawn knows it all.
	arguments func(home) ([]string, error)
	// margin is the private memory, in bytes, that a function may map beyond its
	// limit: the interpreter, the stacks of threads. 0: mapping has no bound.
	margin int64
	// place puts the directories of Injection.Modules where the interpreter finds
	// them. nil: it is told them with the function.
	place func(h home, modules []string) error
}

// The messages to the interpreter. Its answers are those of package worker.
type (
	loadMessage struct {
		Code           string            `json:"code"`
		Handler        string            `json:"handler"`
		DefaultHandler string            `json:"default_handler"`
		Modules        []string          `json:"modules,omitempty"`
		DataLimit      int64             `json:"data_limit,omitempty"` // bytes of private memory it may map
		Env            map[string]string `json:"env"`
	}
	callMessage struct {
		worker.Call
		MaxResultBytes int `json:"max_result_bytes"`
	}
)

func (i *interpreted) start() error {
	spec := process.Spec{Path: i.interpreter, Env: list(i.env), Dir: i.home.code(), Exposed: i.contained}
	if i.arguments != nil {
		args, err := i.arguments(i.home)
		if err != nil {
			return err
		}
		spec.Args = append([]string{i.interpreter}, args...)
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
	stdout, stdoutEnd, err := newTap(i.output.log(worker.Stdout))
	if err != nil {
		return err
	}
	defer stdoutEnd.Close()
	stderr, stderrEnd, err := newTap(i.output.log(worker.Stderr))
	if err != nil {
		return err
	}
	defer stderrEnd.Close()
	spec.Files = []*os.File{null, stdoutEnd, stderrEnd, theirs}
	child, err := i.spawn(spec)
	if err != nil {
		ours.Close()
		return err
	}
	i.socket, i.in, i.out, i.taps = ours, frame.NewReader(ours), frame.NewWriter(ours), []*tap{stdout, stderr}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.child = child
	return nil
}

func (i *interpreted) load(injection worker.Injection) (string, *worker.Failure) {
	handler := injection.Handler
	if handler == "" {
		handler = i.defaultHandler
	}
	var most int64
	if injection.MemoryBytes > 0 && i.margin > 0 {
		most = injection.MemoryBytes + i.margin
	}
	if i.place != nil {
		if err := i.place(i.home, injection.Modules); err != nil {
			return "", failed(worker.Unavailable, "the installed packages: %v", err)
		}
	}
	err := i.tell(frame.Inject, loadMessage{
		Code: i.home.code(), Handler: handler, DefaultHandler: i.defaultHandler,
		Modules: injection.Modules, DataLimit: most,
		Env: functionEnv(injection, i.home.code(), handler),
	})
	if err != nil { // no code of the function's was there yet
		return "", failed(worker.Broken, "%s ended while it waited", i.name)
	}
	var ack worker.Ack
	failure := i.answer(frame.Ack, &ack)
	return ack.Handler, failure
}

func (i *interpreted) begin(call worker.Call) (io.WriteCloser, *worker.Failure) {
	if err := i.tell(frame.Call, callMessage{Call: call, MaxResultBytes: worker.MaxResultBytes}); err != nil {
		return nil, i.gone()
	}
	return &bounded{to: i.out, left: worker.MaxEventBytes}, nil
}

func (i *interpreted) finish() *worker.Failure {
	var end worker.End
	if failure := i.answer(frame.End, &end); failure != nil {
		return failure
	}
	return end.Failure
}

// ended is closed when the interpreter has ended.
func (i *interpreted) ended() <-chan struct{} { return i.child.Ended() }

func (i *interpreted) kill() {
	i.mu.Lock()
	child := i.child
	i.mu.Unlock()
	if child != nil {
		child.Kill(killLimit)
	}
}

func (i *interpreted) tell(kind frame.Type, message any) error {
	payload, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return i.out.Write(kind, payload)
}

// answer passes results on until the interpreter has sent the wanted message,
// and then all the log that it wrote before.
func (i *interpreted) answer(want frame.Type, into any) *worker.Failure {
	for {
		kind, payload, err := i.in.Next()
		switch {
		case err != nil:
			return i.gone()
		case kind == frame.Result && want == frame.End:
			i.output.result(payload)
			continue
		case kind == want:
			err = json.Unmarshal(payload, into)
		case kind == frame.End:
			var end worker.End
			if err = json.Unmarshal(payload, &end); err == nil && end.Failure != nil {
				i.flush()
				return end.Failure
			}
		default:
			err = fmt.Errorf("%s in place of %s", kind, want)
		}
		i.flush()
		if err != nil {
			return failed(worker.FunctionFailed, "the function wrote to the worker's stream: %v", err)
		}
		return nil
	}
}

func (i *interpreted) flush() {
	for _, t := range i.taps {
		t.flush()
	}
}
