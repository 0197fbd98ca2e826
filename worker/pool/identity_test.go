package pool

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// With S workers of a key and as many starts at once as it takes, a call finds
// none exactly when at least S calls of the key came in the time of one start
// before it. That is what Peak builds on.
func TestACallMissesExactlyWhenSizeOthersCameDuringAStart(t *testing.T) {
	for range 40 {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 0))
		size, boot := 1+random.IntN(6), time.Duration(1+random.IntN(500))*time.Millisecond
		rate := float64(size) / boot.Seconds() * (0.2 + 1.5*random.Float64())
		var arrivals []time.Duration
		for at := time.Hour; len(arrivals) < 300; { // after the first workers are up
			at += time.Duration(random.ExpFloat64() / rate * float64(time.Second))
			arrivals = append(arrivals, at)
		}
		lasting := make([]time.Duration, len(arrivals))
		for i := range lasting {
			lasting[i] = time.Duration(random.IntN(int(2 * boot)))
		}
		warm := servedWarm(t, size, boot, arrivals, lasting)
		for i, at := range arrivals {
			before := 0
			for j := i - 1; j >= 0 && arrivals[j] > at-boot; j-- {
				before++
			}
			if warm[i] != (before < size) {
				t.Fatalf("seed %d: call %d, warm %v, came after %d others, with %d workers", seed, i, warm[i], before, size)
			}
		}
	}
}

func servedWarm(t *testing.T, size int, boot time.Duration, arrivals, lasting []time.Duration) []bool {
	t.Helper()
	warm := make([]bool, len(arrivals))
	synctest.Test(t, func(t *testing.T) {
		f := &fakery{boot: boot}
		cfg := f.config()
		cfg.Bounds, cfg.Parallel, cfg.MaxRunning, cfg.Hush = Bounds{size, size}, 1<<20, 1<<20, -1
		p := New(cfg)
		p.Keep("a", cfg.Bounds)
		var all sync.WaitGroup
		for i, at := range arrivals {
			all.Go(func() {
				time.Sleep(at)
				w, found := take(t, p, "a")
				warm[i] = found
				time.Sleep(lasting[i])
				p.Done(w)
			})
		}
		all.Wait()
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return warm
}
