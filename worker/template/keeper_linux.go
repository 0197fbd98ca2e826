package template

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	// mostForks and longestUse are when a template is replaced by a new one: its
	// forks share a layout of memory and a hash seed, which nobody should have
	// the time to learn.
	mostForks  = 1000
	longestUse = 10 * time.Minute
	// idleLimit is when a template goes whose forks are all gone.
	idleLimit = 5 * time.Minute

	firstPause = time.Second
	longPause  = 5 * time.Minute
)

// ErrStarting is returned by Keeper.Take while there is no template yet.
var ErrStarting = errors.New("the template is being started")

// A Keeper keeps one template ready. It may be used from several goroutines at
// once.
type Keeper struct {
	config func() Config // with a directory never used before
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	current *Template
	began   time.Time // of current
	taken   int       // forks made of current
	starts  bool      // a template is being started
	err     error     // of the last start
	pause   time.Duration
	until   time.Time // no start before
	retired []*Template
	idle    *time.Timer
	closed  bool
}

// NewKeeper returns a Keeper of templates made from what config returns. None is
// started before the first Take.
func NewKeeper(config func() Config) *Keeper {
	k := &Keeper{config: config}
	k.ctx, k.cancel = context.WithCancel(context.Background())
	return k
}

// Take returns a template for one fork. Without one it does not wait: the error
// is ErrStarting, or why the last start failed; in both cases another will be
// tried.
func (k *Keeper) Take() (*Template, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil, ErrDead
	}
	now := time.Now()
	if k.current != nil && k.current.isDead() {
		k.current = nil
	}
	old := k.current != nil && (k.taken >= mostForks || now.Sub(k.began) > longestUse)
	if (k.current == nil || old) && !k.starts && !now.Before(k.until) {
		k.starts = true
		k.work.Go(k.start)
	}
	switch {
	case k.current != nil:
		if k.taken++; k.taken > 1 { // the first was good
			k.pause, k.err = 0, nil
		}
		k.restWhenIdle()
		return k.current, nil
	case k.err != nil:
		return nil, k.err
	}
	return nil, ErrStarting
}

// Refused tells that a fork of t could not be made, for a reason that the next
// one would have too. The template goes; another is tried in a while.
func (k *Keeper) Refused(t *Template, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current == t {
		k.failed(err)
		k.retire()
	}
}

// failed puts the next start off.
func (k *Keeper) failed(err error) {
	k.err = err
	k.pause = min(max(firstPause, 2*k.pause), longPause)
	k.until = time.Now().Add(k.pause)
}

// start makes a new template the current one.
func (k *Keeper) start() {
	ctx, cancel := context.WithTimeout(k.ctx, StartLimit)
	defer cancel()
	t, err := Start(ctx, k.config())

	k.mu.Lock()
	defer k.mu.Unlock()
	k.starts = false
	if err != nil {
		k.failed(err)
		return
	}
	k.retire()
	k.current, k.began, k.taken = t, time.Now(), 0
	k.restWhenIdle()
}

// retire lets the current template make no more forks. It ends with the last.
func (k *Keeper) retire() {
	if k.current == nil {
		return
	}
	k.retired = slices.DeleteFunc(k.retired, (*Template).hasEnded)
	k.retired = append(k.retired, k.current)
	k.current.retire()
	k.current = nil
}

// restWhenIdle sees to it that what is not used goes, in a while.
func (k *Keeper) restWhenIdle() {
	if k.idle != nil {
		k.idle.Reset(idleLimit)
		return
	}
	k.idle = time.AfterFunc(idleLimit, func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.closed {
			return
		}
		if k.current != nil && k.current.busy() {
			k.restWhenIdle()
			return
		}
		k.retire()
	})
}

// Close ends all templates, with their forks.
func (k *Keeper) Close() {
	k.cancel()
	k.work.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
	if k.idle != nil {
		k.idle.Stop()
	}
	for _, t := range k.retired {
		t.Close()
	}
	if k.current != nil {
		k.current.Close()
	}
	k.current, k.retired = nil, nil
}
