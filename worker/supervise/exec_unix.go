//go:build unix

package supervise

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
)

// straggle is how long output is waited for when the function's process has
// ended and another one still holds its pipe.
const straggle = 50 * time.Millisecond

// execData is the private memory, in bytes, that an exec function may map: much
// more than it may touch, since programs map what they never use. It stops what
// would grow faster than it is watched.
func execData(limit int64) int64 { return 4*limit + 256<<20 }

// execLanguage runs any executable or script: the event on its stdin, the
// result on its stdout, the log on its stderr, all of them streams.
type execLanguage struct {
	home    home
	output  *output
	environ []string // as in Config

	contained bool // as in Config

	own
	limit int64

	mu    sync.Mutex
	child Child
	stdin *os.File
	taps  []*tap
}

func (e *execLanguage) prepare() (string, *worker.Failure) { return "", nil }

func (e *execLanguage) load(injection worker.Injection) (string, *worker.Failure) {
	found, err := choose(injection, e.home, e.environ, resolve)
	if err != nil {
		return "", err.(*worker.Failure)
	}
	e.own, e.limit = found, injection.MemoryBytes
	e.env = merge(e.env, functionEnv(injection, e.dir, e.handler))
	return e.handler, nil
}

func (e *execLanguage) begin(worker.Call) (io.WriteCloser, *worker.Failure) {
	if err := e.start(); err != nil {
		return nil, e.unstarted(err)
	}
	if e.limit > 0 {
		process.LimitData(e.child.PID(), execData(e.limit)) // it may have ended already
	}
	return unread{e.stdin}, nil
}

func (e *execLanguage) start() error {
	stdin, event, err := os.Pipe()
	if err != nil {
		return err
	}
	defer stdin.Close()
	child, taps, err := startTapped(process.Spec{
		Path: e.path, Args: e.args, Env: list(e.env), Dir: e.dir, Exposed: e.contained,
	}, stdin, e.output.result, e.output.log(worker.Stderr))
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.child, e.stdin, e.taps = child, event, taps
	return nil
}

func (e *execLanguage) finish() *worker.Failure {
	<-e.child.Ended()
	e.stdin.Close() // releases an event that nobody reads
	settle(straggle, e.taps...)
	return died(e.child.Status())
}

func (e *execLanguage) kill() {
	e.mu.Lock()
	child := e.child
	e.mu.Unlock()
	if child != nil {
		child.Kill(killLimit)
	}
}

// unread is a process's stdin, which it need not read.
type unread struct{ *os.File }

func (u unread) Write(p []byte) (int, error) {
	u.File.Write(p)
	return len(p), nil
}
