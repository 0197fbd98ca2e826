//go:build unix

package supervise

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

// A session is the conversation on one stream: hello, injection, call, end.
type session struct {
	home     home
	name     string // of the language
	language language
	pid      func() int  // of the worker, once its language is prepared
	hungUp   func() bool // the component is gone, as far as can be told without reading
	in       *frame.Reader
	out      *frame.Writer
	output   *output

	abandoned chan struct{} // closed when the component is gone
	abandon   func()
	stopped   atomic.Bool // told to end: what the function then does is no answer

	memory    memory
	rehearses bool   // this process serves no other call
	loads     func() // called before the function's code is taken; may be nil
}

// sessionOn returns a session that lacks what belongs to the language.
func sessionOn(in io.Reader, out io.Writer) *session {
	s := &session{in: frame.NewReader(in), out: frame.NewWriter(out), abandoned: make(chan struct{})}
	s.abandon = sync.OnceFunc(func() { close(s.abandoned) })
	s.output = &output{frames: s.out, logLeft: worker.MaxLogBytes}
	return s
}

// serveUntil serves until there is nothing left to do, nobody listens, or stop
// says so. What the function then does is no answer any more; served is closed
// when serve has returned.
func (s *session) serveUntil(stop <-chan os.Signal) (served <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.serve()
	}()
	select {
	case <-done:
	case <-s.abandoned:
	case <-stop:
	}
	s.stopped.Store(true)
	return done
}

// serve returns when the worker has nothing left to do.
func (s *session) serve() {
	end, err := s.conversation()
	if err != nil {
		var failure *worker.Failure
		if !errors.As(err, &failure) {
			return // the stream ended or broke: nobody listens
		}
		end.Failure = failure
	}
	if !s.stopped.Load() {
		s.send(frame.End, end)
	}
}

func (s *session) conversation() (end worker.End, err error) {
	version, failure := s.language.prepare()
	if failure != nil {
		return end, failure
	}
	if s.rehearses {
		if err := s.rehearse(); err != nil {
			return end, failed(worker.Unavailable, "the worker is not ready: %v", err)
		}
	}
	err = s.send(frame.Hello, worker.Hello{
		Protocol: worker.Protocol, Language: s.name, Version: version, PID: s.pid(),
	})
	if err != nil {
		return end, err
	}
	ack, err := s.inject()
	end.InitMicros = ack.InitMicros // also of a function that does not load
	if err != nil {
		return end, err
	}
	if err := s.send(frame.Ack, ack); err != nil {
		return end, err
	}
	var call worker.Call
	if err := s.await(frame.Call, &call); err != nil {
		return end, err
	}
	start := time.Now()
	end.Failure = s.call(call)
	end.CallMicros = time.Since(start).Microseconds()
	return end, nil
}

// inject takes the function and its code and loads it. How long that took is
// told with an error, too.
func (s *session) inject() (ack worker.Ack, err error) {
	var injection worker.Injection
	if err := s.await(frame.Inject, &injection); err != nil {
		return ack, err
	}
	if err := worker.CheckEnv(injection.Env); err != nil {
		return ack, err
	}
	if s.loads != nil {
		s.loads()
	}
	start := time.Now()
	defer func() { ack.InitMicros = time.Since(start).Microseconds() }()
	if ack.CodeDigest, err = s.takeCode(injection); err != nil {
		return ack, err
	}
	s.memory.limit = injection.MemoryBytes
	limit := time.Duration(injection.TimeoutMillis) * time.Millisecond
	failure := s.attempt(limit, "loading the function", func(func(error)) (failure *worker.Failure) {
		ack.Handler, failure = s.language.load(injection)
		return failure
	})
	if failure != nil {
		return ack, failure
	}
	ack.Env = slices.Sorted(maps.Keys(injection.Env))
	return ack, nil
}

// takeCode sees to it that the function's code lies where it belongs, and returns
// the digest of what it came as.
func (s *session) takeCode(injection worker.Injection) (digest string, err error) {
	packed, err := receiveCode(s.in, s.home.bundle())
	defer packed.close()
	if err != nil {
		return "", err
	}
	digest = packed.digest
	if injection.Placed != "" {
		if packed.size > 0 {
			return "", failed(worker.Invalid, "the code was sent, though it is placed already")
		}
		digest = injection.Placed
	}
	if want := injection.CodeDigest; want != "" && digest != want {
		return "", failed(worker.Broken, "the code arrived as %s, wanted %s", digest, want)
	}
	return digest, packed.unpack(s.home.code())
}

func (s *session) call(call worker.Call) *worker.Failure {
	limit := time.Duration(call.TimeoutMillis) * time.Millisecond
	return s.attempt(limit, "the function", func(fail func(error)) *worker.Failure {
		event, failure := s.language.begin(call)
		if failure != nil {
			return failure
		}
		go s.feed(event, fail)
		return s.language.finish()
	})
}

// await is expect while the worker waits, perhaps for hours: should what it has
// prepared end meanwhile, so does the worker, and another one takes its place.
func (s *session) await(want frame.Type, into any) error {
	if prepared, ok := s.language.(interface{ ended() <-chan struct{} }); ok {
		got := make(chan struct{})
		defer close(got)
		go func() {
			select {
			case <-prepared.ended():
				select {
				case <-got: // it was waited for no more: this end is that of the call
				default:
					s.abandon()
				}
			case <-got:
			}
		}()
	}
	return s.expect(want, into)
}

// expect reads one message of the wanted type.
func (s *session) expect(want frame.Type, into any) error {
	kind, payload, err := s.in.Next()
	if err != nil {
		return err
	}
	if kind != want {
		return outOfTurn(kind, want)
	}
	if err := json.Unmarshal(payload, into); err != nil {
		return failed(worker.Invalid, "%s: %v", kind, err)
	}
	return nil
}

func (s *session) send(kind frame.Type, message any) error {
	payload, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return s.out.Write(kind, payload)
}

func outOfTurn(got, want frame.Type) *worker.Failure {
	switch got {
	case frame.Inject:
		return failed(worker.Conflict, "this worker already has a function")
	case frame.Call:
		return failed(worker.Conflict, "this worker already has its call, or no function yet")
	default:
		return failed(worker.Invalid, "%s in place of %s", got, want)
	}
}
