package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/fnhost/fn/sdk/fault"
)

const exitTerminated = 128 + 15 // by SIGTERM; an interrupt is Canceled's own 130

// signals turns the first signal into the end of a context and the second into
// the end of the process. SIGPIPE keeps its default: a reader that has gone ends
// fn quietly, and with it the call.
type signals struct {
	first atomic.Value
	all   chan os.Signal
}

// watch makes the first signal call interrupt.
func (s *signals) watch(interrupt context.CancelCauseFunc) {
	all := make(chan os.Signal, 2)
	s.all = all
	signal.Notify(all, os.Interrupt, syscall.SIGTERM)
	go func() {
		first, ok := <-all
		if !ok {
			return
		}
		s.first.Store(first)
		interrupt(interrupted(first))
		if second, ok := <-all; ok {
			os.Exit(exitCode(second))
		}
	}()
}

// stop gives signals their usual meaning back.
func (s *signals) stop() {
	if s.all != nil {
		signal.Stop(s.all) // nothing is sent to the channel after this
		close(s.all)
		s.all = nil
	}
}

// received is the signal that came, or nil.
func (s *signals) received() os.Signal {
	first, _ := s.first.Load().(os.Signal)
	return first
}

func interrupted(s os.Signal) error {
	if s == syscall.SIGTERM {
		return fault.New(fault.Canceled, "terminated")
	}
	return fault.New(fault.Canceled, "interrupted")
}

func exitCode(s os.Signal) int {
	if s == syscall.SIGTERM {
		return exitTerminated
	}
	return fault.Canceled.ExitCode()
}
