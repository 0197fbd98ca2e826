package sdktest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
)

const (
	watchSentence = "Watch tells of a change within a second"
	// mostObservations a second are passed on.
	mostObservations = 10
)

// watch follows one function through its life by what Watch tells.
func (g *tongue) watch(t *testing.T) {
	if !g.can.Watch {
		t.Skip("the component has no Watcher")
	}
	ctx, cancel := g.patient(t)
	defer cancel()
	began := time.Now()
	heard, ended := make(chan sdk.Observation, 100), make(chan error, 1)
	go func() {
		ended <- g.client.Watch(ctx, func(o sdk.Observation) error {
			select {
			case heard <- o:
			case <-ctx.Done():
			}
			return nil
		})
	}()
	told := 0
	sees := func(what string, right func(*sdk.FunctionStatus) bool, name string) {
		t.Helper()
		for {
			select {
			case o := <-heard:
				if told++; o.At.IsZero() {
					breach(t, "Observation.At is when it was so", "it is not set")
				}
				if right(find(o.Functions, name)) {
					return
				}
			case err := <-ended:
				breach(t, "Watch goes on until its context ends", "it ended: %v", err)
				t.FailNow()
			case <-ctx.Done():
				breach(t, watchSentence, "it does not tell that the function %s", what)
				t.FailNow()
			}
		}
	}
	f := g.function(lastPart(t), "act")
	sees("is not there", func(s *sdk.FunctionStatus) bool { return s == nil }, f.Name)
	g.deploy(t, f)
	sees("is deployed", func(s *sdk.FunctionStatus) bool {
		return s != nil && s.State == sdk.StateDeployed && s.Version == f.Version
	}, f.Name)
	must(t, "Stop refuses new calls", g.client.Stop(ctx, f.Name))
	sees("is stopped", func(s *sdk.FunctionStatus) bool { return s != nil && s.State == sdk.StateStopped }, f.Name)
	for rest := time.After(time.Second); rest != nil; { // nothing changes any more
		select {
		case <-heard:
			told++
		case <-rest:
			rest = nil
		}
	}
	if most := mostObservations * (1 + int(time.Since(began).Seconds())); told > most {
		breach(t, "there are at most ten observations a second", "there were %d in %v", told, time.Since(began))
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) && sdk.KindOf(err) != sdk.Canceled {
		breach(t, "Watch returns when its context ends", "it returns %v", err)
	}
}

// find is the state of one function; none is nil.
func find(states []sdk.FunctionStatus, name string) *sdk.FunctionStatus {
	for i := range states {
		if states[i].Name == name {
			return &states[i]
		}
	}
	return nil
}
