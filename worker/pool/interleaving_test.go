package pool

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestAnyInterleaving lets calls of random keys, memory and patience meet starts
// that take long or fail, workers that die and sizes that change, with little
// memory: every call ends, no worker is handed out twice, calls of one key are
// served in their order, and the memory is never exceeded. A pool that comes to
// a standstill is a deadlock of the bubble.
func TestAnyInterleaving(t *testing.T) {
	for range 25 {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newScene(t, seed).play() })
		})
	}
}

// A scene is one random pool and what happens to it. Everything random but the
// scheduler's order comes of the seed.
type scene struct {
	t    *testing.T
	pool *Pool[string, *fake]
	cfg  Config[string, *fake]

	mu     sync.Mutex
	random *rand.Rand
	served map[*fake]bool
	ended  int
	order  map[string][]came // calls that were served
	bytes  map[*fake]int64   // what each worker counts with
	sum    int64
}

var (
	errBroken = errors.New("broken start")
	sizes     = map[string]int64{"a": 10, "b": 25, "c": 40, "a/f": 30}
)

func newScene(t *testing.T, seed uint64) *scene {
	s := &scene{
		t: t, random: rand.New(rand.NewPCG(seed, 0)), served: map[*fake]bool{},
		order: map[string][]came{}, bytes: map[*fake]int64{},
	}
	s.cfg = Config[string, *fake]{
		Start: s.start, Stop: s.stop, Dead: func(w *fake) <-chan struct{} { return w.dead },
		Measure: func(w *fake) int64 { return sizes[w.key] },
		Aside:   func(key string) bool { return key == "a/f" },
		Bounds:  Bounds{s.random.IntN(3), 2 + s.random.IntN(6)}, Slots: s.random.IntN(12),
		Memory: int64(100 + s.random.IntN(300)), Estimate: 40,
		Parallel: 1 + s.random.IntN(3), MaxRunning: 1 + s.random.IntN(8), Queue: 10_000,
	}
	if s.random.IntN(2) == 0 {
		s.cfg.Policy = Mean{}
	}
	s.pool = New(s.cfg)
	s.pool.Keep("a/f", Bounds{2, 2})
	return s
}

func (s *scene) number(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.random.IntN(n)
}

// count adds to what all workers hold.
func (s *scene) count(w *fake, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sum += bytes - s.bytes[w]
	s.bytes[w] = bytes
	if s.sum > s.cfg.Memory {
		s.t.Errorf("%d bytes are held, %d are allowed", s.sum, s.cfg.Memory)
	}
}

func (s *scene) start(ctx context.Context, key string) (*fake, error) {
	w := &fake{key: key, dead: make(chan struct{})}
	s.count(w, sizes[key])
	time.Sleep(time.Duration(1+s.number(50)) * time.Millisecond)
	if s.number(10) == 0 || ctx.Err() != nil {
		s.count(w, 0)
		return nil, errBroken
	}
	if s.number(10) == 0 {
		time.AfterFunc(time.Duration(s.number(1000))*time.Millisecond, func() { close(w.dead) })
	}
	return w, nil
}

func (s *scene) stop(w *fake) {
	time.Sleep(time.Duration(s.number(10)) * time.Millisecond)
	s.count(w, 0)
}

const sceneCalls = 300

func (s *scene) play() {
	var all sync.WaitGroup
	for range sceneCalls {
		at := time.Duration(s.number(3000))*time.Millisecond + time.Duration(s.number(1000))*time.Microsecond
		all.Go(func() {
			time.Sleep(at)
			s.call()
		})
	}
	for range 20 {
		at, least := time.Duration(s.number(3000))*time.Millisecond, s.number(4)
		all.Go(func() {
			time.Sleep(at)
			if least == 0 {
				s.pool.Retire("a/f")
			} else {
				s.pool.Keep([]string{"a", "b", "a/f"}[least-1], Bounds{least, least})
			}
		})
	}
	all.Wait()
	if s.ended != sceneCalls {
		s.t.Errorf("%d calls ended", s.ended)
	}
	for key, calls := range s.order {
		slices.SortFunc(calls, func(a, b came) int { return a.ticket.Compare(b.ticket) })
		for i := 1; i < len(calls); i++ {
			if calls[i].served.Before(calls[i-1].served) {
				s.t.Errorf("a call of %s was served at %s, one that came before it at %s", key, calls[i].served, calls[i-1].served)
			}
		}
	}
	if err := s.pool.Close(context.Background()); err != nil || s.sum != 0 {
		s.t.Errorf("after the end %d bytes are held: %v", s.sum, err)
	}
}

// came is when a call came and got its worker.
type came struct{ ticket, served time.Time }

func (s *scene) call() {
	began := time.Now()
	keys := [][]string{{"a"}, {"b"}, {"c"}, {"a/f", "a"}}[s.number(4)]
	memory := int64(1 + s.number(int(s.cfg.Memory)+20))
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(1+s.number(20_000))*time.Millisecond)
	defer cancel()
	got, err := s.pool.Take(ctx, Need[string]{Keys: keys, Memory: memory})
	s.mu.Lock()
	s.ended++
	if err == nil && (s.served[got.Worker] || got.Worker.key != got.Key) {
		s.t.Errorf("%+v was handed out before", got)
	}
	if err == nil {
		s.served[got.Worker] = true
	}
	s.mu.Unlock()
	if err != nil {
		if memory > s.cfg.Memory != errors.Is(err, ErrMemory) {
			s.t.Errorf("%d bytes of %d: %v", memory, s.cfg.Memory, err)
		}
		if !errors.Is(err, ErrMemory) && !errors.Is(err, errBroken) && ctx.Err() == nil {
			s.t.Error(err)
		}
		return
	}
	s.mu.Lock()
	s.order[keys[0]] = append(s.order[keys[0]], came{began, time.Now()})
	s.mu.Unlock()
	s.count(got.Worker, max(memory, sizes[got.Key]))
	time.Sleep(time.Duration(s.number(200)) * time.Millisecond)
	if s.number(20) == 0 {
		s.pool.Lost(got.Worker)
	} else {
		s.pool.Done(got.Worker)
	}
}
