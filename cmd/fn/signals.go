package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/fnhost/fn/sdk/fault"
)

// signals turns the first signal into the end of a context and the second into
// the end of the process. SIGPIPE keeps its default: a reader that has gone ends
// fn quietly, and with it the call.
type signals struct {
	begin sync.Once
	first atomic.Value
}

// watch makes the first signal call interrupt. Until then a signal ends fn at
// once, as it does any program; so it need not come before there is something
// to wait for.
func (s *signals) watch(interrupt context.CancelCauseFunc) {
	s.begin.Do(func() {
		all := make(chan os.Signal, 2)
		signal.Notify(all, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
		if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
			signal.Notify(all, syscall.SIGHUP)
		}
		go func() {
			first := <-all
			s.first.Store(first)
			interrupt(interrupted(first))
			os.Exit(exitCode(<-all))
		}()
	})
}

// received is the signal that came, or nil.
func (s *signals) received() os.Signal {
	first, _ := s.first.Load().(os.Signal)
	return first
}

func interrupted(s os.Signal) error {
	switch s {
	case syscall.SIGTERM:
		return fault.New(fault.Canceled, "terminated")
	case syscall.SIGHUP:
		return fault.New(fault.Canceled, "the terminal is gone")
	}
	return fault.New(fault.Canceled, "interrupted")
}

// exitCode is what a shell makes of a program that a signal ended: 128 and the
// signal's number.
func exitCode(s os.Signal) int {
	if number, ok := s.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return fault.Canceled.ExitCode()
}
