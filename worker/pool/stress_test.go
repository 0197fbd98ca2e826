package pool

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestStress lets many calls meet starts that fail, workers that die and
// changes of size, in real time and without order: none is handed out twice,
// every call ends, limits hold, nothing is left.
func TestStress(t *testing.T) {
	f := &fakery{boot: 100 * time.Microsecond, halt: 100 * time.Microsecond}
	cfg := f.config()
	cfg.Parallel, cfg.MaxRunning, cfg.Bounds, cfg.Queue = 2, 8, Bounds{3, 3}, 10_000
	broken := errors.New("broken start")
	cfg.Start = func(ctx context.Context, key string) (*fake, error) {
		if rand.IntN(10) == 0 {
			return nil, broken
		}
		w, err := f.start(ctx, key)
		if err == nil && rand.IntN(10) == 0 {
			time.AfterFunc(time.Duration(rand.IntN(1000))*time.Microsecond, func() { close(w.dead) })
		}
		return w, err
	}
	p := New(cfg)
	var served sync.Map
	var running, calls atomic.Int64
	var all sync.WaitGroup
	for i := range 2000 {
		all.Go(func() {
			time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
			key := string(rune('a' + i%4))
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+rand.IntN(2000))*time.Millisecond)
			defer cancel()
			got, err := p.Take(ctx, need(key))
			calls.Add(1)
			if err != nil {
				if !errors.Is(err, broken) && ctx.Err() == nil {
					t.Errorf("take: %v", err)
				}
				return
			}
			w := got.Worker
			if _, twice := served.LoadOrStore(w, true); twice || w.key != key {
				t.Errorf("worker %+v for %s, handed out before: %v", w, key, twice)
			}
			if n := running.Add(1); n > int64(cfg.MaxRunning) {
				t.Errorf("%d running", n)
			}
			time.Sleep(time.Duration(rand.IntN(500)) * time.Microsecond)
			running.Add(-1)
			if rand.IntN(20) == 0 {
				p.Lost(w)
			} else {
				p.Done(w)
			}
		})
		if i%100 == 0 {
			n := rand.IntN(5)
			p.Keep(string(rune('a'+i%4)), Bounds{n, n})
		}
	}
	all.Wait()
	if calls.Load() != 2000 {
		t.Errorf("%d calls ended", calls.Load())
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.live)+f.starting != 0 {
		t.Errorf("%d workers are left", len(f.live))
	}
	if bound := cfg.MaxRunning + 4*4 + 2*cfg.Parallel + 8; f.most > bound {
		t.Errorf("%d workers at once, at most %d were expected", f.most, bound)
	}
}
