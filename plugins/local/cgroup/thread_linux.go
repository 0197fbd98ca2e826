package cgroup

import (
	"os"
	"runtime"
	"strconv"
	"syscall"
)

// thread is one thread of this process that lives in a group; the processes it
// starts are born there.
type thread struct {
	work chan func() error
	done chan error
}

// newThread puts a thread into the group with this tasks file.
func newThread(tasks string) (*thread, error) {
	t := &thread{work: make(chan func() error), done: make(chan error)}
	go t.enter(tasks)
	if err := <-t.done; err != nil {
		return nil, err
	}
	return t, nil
}

// enter is the life of the thread, which ends with the goroutine because it is
// never unlocked. The main thread does not end, and would take the process as a
// whole into the group; held here, it is not what the next goroutine gets.
func (t *thread) enter(tasks string) {
	runtime.LockOSThread()
	if syscall.Gettid() == os.Getpid() {
		defer runtime.UnlockOSThread()
		elsewhere := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(elsewhere)
			t.serve(tasks)
		}()
		<-elsewhere
		return
	}
	t.serve(tasks)
}

func (t *thread) serve(tasks string) {
	err := write(tasks, strconv.Itoa(syscall.Gettid()))
	t.done <- err
	if err != nil {
		return
	}
	for f := range t.work {
		t.done <- f()
	}
}

func (t *thread) do(f func() error) error {
	t.work <- f
	return <-t.done
}

func (t *thread) end() { close(t.work) }
