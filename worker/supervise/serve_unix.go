//go:build unix

package supervise

import (
	"io"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
)

// leave is how long an interpreter that has nothing to do any more may take to
// end by itself.
const leave = 20 * time.Millisecond

// Served is a worker whose supervision is a part of the component's process: a
// python that somebody else started, see package template.
type Served struct {
	// Stream is the worker's end of the stream. HungUp tells, without reading,
	// that the other end is closed.
	Stream io.ReadWriteCloser
	HungUp func() bool

	// Spawn starts the interpreter and hands it the files as process.Start
	// would: nothing, standard output, standard error, its socket. It takes of
	// the spec what is not settled already.
	Spawn func(process.Spec) (Fork, error)

	// Contained says that the kernel bounds the memory of all its processes
	// together, so that nobody needs to look at them.
	Contained bool

	Dir     string   // as in Config
	Inside  string   // where the function's processes see Dir
	Environ []string // as in Config
}

// A Fork is a Child that can be killed without any of it being the function's
// doing.
type Fork interface {
	Child
	// Killed tells that once it has ended.
	Killed() bool
}

// Serve is Run for such a worker. Ended, in contrast to Run, it leaves neither
// a goroutine nor a descriptor.
func Serve(w Served) error {
	defer w.Stream.Close()
	home, err := homeIn(w.Dir)
	if err != nil {
		return err
	}
	inside, err := homeIn(w.Inside)
	if err != nil {
		return err
	}
	defer worker.RemoveAll(home.dir)
	if err := home.make(); err != nil {
		return err
	}
	s := sessionOn(w.Stream, w.Stream)
	language := &interpreted{
		dialect: dialect{name: "python", defaultHandler: worker.DefaultPython, margin: pythonMargin},
		home:    inside, output: s.output, env: baseEnv(w.Environ, inside),
	}
	language.spawn = func(spec process.Spec) (Child, error) {
		fork, err := w.Spawn(spec)
		if err != nil {
			return nil, err
		}
		language.killed = fork.Killed
		return fork, nil
	}
	s.home, s.name, s.language, s.hungUp = home, "python", language, w.HungUp
	s.pid = func() int { return language.child.PID() }
	if !w.Contained {
		s.memory.members = func() []int { return process.Descendants(language.child.PID()) }
	}

	served := s.serveUntil(nil)
	w.Stream.Close()
	language.end()
	<-served
	return nil
}

// end lets the interpreter go that has nothing to do any more, and closes what
// this process holds of it.
func (i *interpreted) end() {
	i.mu.Lock()
	child := i.child
	i.mu.Unlock()
	if child == nil {
		return
	}
	i.socket.Close()
	select {
	case <-child.Ended():
	case <-time.After(leave):
	}
	child.Kill(killLimit)
	for _, t := range i.taps {
		t.file.Close()
		<-t.eof
	}
}
