package oneshot

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/pool"
)

// idle is the backend of workers that wait and never have a call.
type idle struct{ Backend[plain] }

func (idle) Start(context.Context, plain) (Worker, error) { return &idleWorker{}, nil }

type idleWorker struct {
	Worker
	_ int // else all had one address
}

func (*idleWorker) Ended() <-chan struct{} { return nil }
func (*idleWorker) Resident() int64        { return 1 << 20 }
func (*idleWorker) Stop()                  {}

// plain is a kind that is never renewed.
type plain string

func (k plain) Lasting() plain      { return k }
func (k plain) Speaks() string      { return string(k) }
func (plain) Differs() string       { return "" }
func (plain) Replaced(plain) string { return "" }

// Workers of a runtime that no function has used wait for as long as calls matter.
func TestAnExpectedRuntimeWithoutFunctionsIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorkers("test", idle{}, DefaultSettings(0), func() {})
		defer w.close()
		expect := func(runtime, function string) {
			w.expect(plain(runtime), sdk.Function{Name: function, Runtime: sdk.Runtime{Name: runtime}}, record.Record{})
		}
		waits := func(runtime string) bool {
			synctest.Wait()
			for _, s := range w.pool.Stats() {
				if s.Key.kind == plain(runtime) {
					return s.Warm > 0
				}
			}
			return false
		}
		expect("gone", "")
		expect("again", "")
		expect("used", "")
		time.Sleep(pool.Window - time.Second)
		expect("again", "")
		expect("used", "f")
		if !waits("gone") || !waits("again") || !waits("used") {
			t.Errorf("too early: %+v", w.pool.Stats())
		}
		time.Sleep(2 * time.Second)
		if waits("gone") || !waits("again") || !waits("used") {
			t.Errorf("once the first window is over: %+v", w.pool.Stats())
		}
		time.Sleep(pool.Window)
		if waits("again") || !waits("used") {
			t.Errorf("once the second is over: %+v", w.pool.Stats())
		}
	})
}
