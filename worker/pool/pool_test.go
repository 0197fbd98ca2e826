package pool

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A fake is a worker without a process.
type fake struct {
	key  string
	n    int
	dead chan struct{}
}

// A fakery starts fakes and keeps count.
type fakery struct {
	boot, halt time.Duration
	err        error

	mu       sync.Mutex
	begun    []string // keys, in order
	starting int
	live     map[*fake]bool
	most     int // live or starting at once
}

func (f *fakery) start(ctx context.Context, key string) (*fake, error) {
	f.mu.Lock()
	f.begun = append(f.begun, key)
	n, err := len(f.begun), f.err
	f.starting++
	f.most = max(f.most, f.starting+len(f.live))
	f.mu.Unlock()
	select {
	case <-time.After(f.boot):
	case <-ctx.Done():
		err = ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.starting--
	if err != nil {
		return nil, err
	}
	w := &fake{key, n, make(chan struct{})}
	f.live[w] = true
	return w, nil
}

func (f *fakery) stop(w *fake) {
	time.Sleep(f.halt)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.live[w] {
		panic("stopped twice")
	}
	delete(f.live, w)
}

// started returns the keys of all starts, in order.
func (f *fakery) started() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.begun)
}

// alive returns the workers that are not stopped.
func (f *fakery) alive() []*fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Keys(f.live))
}

// fail makes starts fail from now on; nil ends that.
func (f *fakery) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *fakery) config() Config[string, *fake] {
	f.live = map[*fake]bool{}
	return Config[string, *fake]{
		Start: f.start, Stop: f.stop, Dead: func(w *fake) <-chan struct{} { return w.dead },
		Parallel: 1,
	}
}

// pooled runs a test with a pool in a bubble of fake time, and closes it.
func pooled(t *testing.T, f *fakery, change func(*Config[string, *fake]), test func(*testing.T, *Pool[string, *fake])) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg := f.config()
		if change != nil {
			change(&cfg)
		}
		p := New(cfg)
		test(t, p)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		synctest.Wait()
		p.Close(ctx)
		synctest.Wait()
		if n := len(f.alive()); n > 0 {
			t.Errorf("%d workers are left", n)
		}
		if _, err := p.Take(t.Context(), need("a")); !errors.Is(err, ErrClosed) {
			t.Errorf("take after close: %v", err)
		}
	})
}

func take(t *testing.T, p *Pool[string, *fake], key string) (*fake, bool) {
	t.Helper()
	got, err := p.Take(t.Context(), need(key))
	if err != nil || got.Worker.key != key || got.Key != key {
		t.Fatalf("take %s: %+v, %v", key, got, err)
	}
	return got.Worker, got.Warm
}

func need(keys ...string) Need[string] { return Need[string]{Keys: keys} }

func stats(p *Pool[string, *fake], key string) Stats[string] {
	for _, s := range p.Stats() {
		if s.Key == key {
			return s
		}
	}
	return Stats[string]{}
}

// pass lets time go by, and everything end that it sets off.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestColdThenWarm(t *testing.T) {
	f := &fakery{boot: 10 * time.Millisecond, halt: time.Millisecond}
	pooled(t, f, func(c *Config[string, *fake]) { c.Bounds = Bounds{2, 2} }, func(t *testing.T, p *Pool[string, *fake]) {
		w, warm := take(t, p, "a")
		if warm {
			t.Error("the first worker was warm")
		}
		p.Done(w)
		pass(time.Second)
		if s := stats(p, "a"); s.Warm != 2 || s.Running != 0 || s.Starting != 0 || s.Misses != 1 || s.Refill != f.boot {
			t.Errorf("%+v", s)
		}
		before := time.Now()
		w, warm = take(t, p, "a")
		if !warm || time.Since(before) > 0 {
			t.Error("the second worker was not waiting")
		}
		p.Done(w)
	})
}

func TestRefillWaitsForTheReply(t *testing.T) {
	f := &fakery{boot: time.Millisecond}
	pooled(t, f, func(c *Config[string, *fake]) { c.Bounds = Bounds{1, 1} }, func(t *testing.T, p *Pool[string, *fake]) {
		p.Keep("a", Bounds{1, 1})
		pass(time.Second)
		w, _ := take(t, p, "a")
		pass(shortHush / 2)
		if len(f.started()) != 1 {
			t.Error("the refill began during a short call")
		}
		pass(2 * longHush)
		if stats(p, "a").Warm != 1 {
			t.Error("a long call holds the refill up")
		}
		p.Done(w)
	})
}

func TestQueueIsInOrder(t *testing.T) {
	f := &fakery{boot: 10 * time.Millisecond}
	pooled(t, f, func(c *Config[string, *fake]) { c.MaxRunning = 1 }, func(t *testing.T, p *Pool[string, *fake]) {
		var order []string
		var all sync.WaitGroup
		for _, key := range []string{"a", "b", "a", "c", "b"} {
			all.Go(func() {
				w, _ := take(t, p, key)
				order = append(order, key)
				p.Done(w)
			})
			synctest.Wait()
		}
		all.Wait()
		for i, want := range []string{"a", "b", "a", "c", "b"} {
			if order[i] != want || f.started()[i] != want {
				t.Fatalf("served %q, started %q", order, f.started())
			}
		}
		if f.most > 2 {
			t.Errorf("%d workers at once, with one running at a time", f.most)
		}
	})
}

func TestQueueIsBounded(t *testing.T) {
	f := &fakery{boot: time.Second}
	pooled(t, f, func(c *Config[string, *fake]) { c.Queue = 1 }, func(t *testing.T, p *Pool[string, *fake]) {
		go func() { w, _ := take(t, p, "a"); p.Done(w) }()
		synctest.Wait()
		if _, err := p.Take(t.Context(), need("a")); !errors.Is(err, ErrFull) {
			t.Errorf("take: %v", err)
		}
		pass(2 * time.Second)
	})
}

func TestFurthestUnderItsSizeIsRefilledFirst(t *testing.T) {
	f := &fakery{boot: time.Millisecond}
	pooled(t, f, nil, func(t *testing.T, p *Pool[string, *fake]) {
		p.Keep("a", Bounds{2, 2})
		p.Keep("b", Bounds{4, 4})
		pass(time.Second)
		before := len(f.started())
		for range 2 {
			w, _ := take(t, p, "b")
			p.Done(w)
		}
		w, _ := take(t, p, "a")
		w2, _ := take(t, p, "a")
		p.Done(w)
		p.Done(w2)
		pass(time.Second)
		if stats(p, "a").Warm != 2 || stats(p, "b").Warm != 4 || f.started()[before+1] != "a" {
			t.Errorf("%+v, started %q", p.Stats(), f.started())
		}
	})
}

func TestFailedStart(t *testing.T) {
	broken := errors.New("no interpreter")
	f := &fakery{err: broken}
	pooled(t, f, func(c *Config[string, *fake]) { c.Bounds = Bounds{1, 1} }, func(t *testing.T, p *Pool[string, *fake]) {
		for range 3 { // every call gets an attempt of its own, back-off or not
			if _, err := p.Take(t.Context(), need("a")); !errors.Is(err, broken) {
				t.Errorf("take: %v", err)
			}
		}
		pass(5 * time.Minute)
		if n := len(f.started()); n < 8 || n > 25 {
			t.Errorf("%d attempts in 5 minutes", n)
		}
		f.fail(nil)
		pass(longPause)
		if s := stats(p, "a"); s.Warm != 1 || s.Failed == 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestDeadWorkerIsReplaced(t *testing.T) {
	f := &fakery{}
	pooled(t, f, func(c *Config[string, *fake]) { c.Bounds = Bounds{1, 1} }, func(t *testing.T, p *Pool[string, *fake]) {
		p.Keep("a", Bounds{1, 1})
		synctest.Wait()
		for _, w := range f.alive() {
			close(w.dead)
		}
		synctest.Wait()
		if s := stats(p, "a"); s.Warm != 0 || s.Lost != 1 {
			t.Errorf("%+v", s)
		}
		pass(firstPause)
		w, warm := take(t, p, "a")
		if !warm {
			t.Error("it was not replaced")
		}
		p.Lost(w)
		w, _ = take(t, p, "a")
		p.Done(w)
	})
}

func TestCanceledTakeLeavesItsWorker(t *testing.T) {
	f := &fakery{boot: time.Second}
	pooled(t, f, func(c *Config[string, *fake]) { c.Bounds = Bounds{1, 1} }, func(t *testing.T, p *Pool[string, *fake]) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := p.Take(ctx, need("a")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("take: %v", err)
		}
		pass(2 * time.Second)
		if s := stats(p, "a"); s.Warm != 1 || len(f.started()) > 2 {
			t.Errorf("%+v, started %q", s, f.started())
		}
	})
}

func TestWantLessLetsGo(t *testing.T) {
	f := &fakery{}
	pooled(t, f, nil, func(t *testing.T, p *Pool[string, *fake]) {
		p.Keep("a", Bounds{3, 3})
		synctest.Wait()
		p.Keep("a", Bounds{1, 1})
		synctest.Wait()
		if s := stats(p, "a"); s.Warm != 1 || len(f.alive()) != 1 {
			t.Errorf("%+v", s)
		}
		p.Retire("a")
		synctest.Wait()
		if len(p.Stats()) != 0 || len(f.alive()) != 0 {
			t.Errorf("%+v is left", p.Stats())
		}
	})
}

func TestCloseWaitsForRunningCalls(t *testing.T) {
	f := &fakery{halt: time.Millisecond}
	pooled(t, f, nil, func(t *testing.T, p *Pool[string, *fake]) {
		w, _ := take(t, p, "a")
		go func() { time.Sleep(time.Second); p.Done(w) }()
		before := time.Now()
		if err := p.Close(t.Context()); err != nil || time.Since(before) < time.Second {
			t.Errorf("close after %s: %v", time.Since(before), err)
		}
	})
}
