//go:build unix

package supervise

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/process"
)

// watchEvery is how often a running function is looked at. A process can take
// about 50 MB more in this time.
const watchEvery = 20 * time.Millisecond

// watch ends an attempt whose function needs too much memory or that nobody
// waits for. While the event is held up by a function that does not read, the
// end of the stream is not seen by reading: so it is asked for.
func (s *session) watch(ctx context.Context, fail func(error)) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s.hungUp() {
			s.abandon()
			return
		}
		if s.memory.exceeded() {
			fail(s.memory.failure())
			return
		}
	}
}

// memory is what the function may use and what it was seen to use, in bytes.
type memory struct {
	limit   int64        // 0: none
	members func() []int // the processes of the function; nil: not looked at
	kills   func() int64 // how many of them the kernel killed for it; nil: not known
	peak    atomic.Int64
}

func (m *memory) exceeded() bool {
	if m.limit > 0 && m.kills != nil {
		return m.kills() > 0
	}
	if m.limit <= 0 || m.members == nil {
		return false
	}
	used := process.Anonymous(m.members())
	m.peak.Store(max(m.peak.Load(), used))
	return used > m.limit
}

func (m *memory) failure() *worker.Failure {
	return failed(worker.OutOfMemory, "the function needed more than its %d MiB", m.limit>>20)
}

// blame gives a failure its likely reason: a process that ended badly at the
// brink of its memory was refused more. An interpreter that says so itself is
// believed.
func (m *memory) blame(failure *worker.Failure) *worker.Failure {
	if failure == nil || m.limit <= 0 {
		return failure
	}
	died := failure.Kind == worker.FunctionFailed && failure.Function != nil && failure.Function.ErrorType == diedType
	if failure.Kind == worker.OutOfMemory || died && m.refused() {
		return m.failure()
	}
	return failure
}

// refused tells whether the function met its limit.
func (m *memory) refused() bool {
	return m.peak.Load() >= m.limit/10*9 || m.kills != nil && m.kills() > 0
}
