package container

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// watch hears from the engine what becomes of this process's containers and of
// images, and tells whether the engine answers.
type watch struct {
	engine *engine.Engine
	owner  Owner
	image  func(id string)      // is told of each image that lost a name or is gone; "": it may be any
	tagged func(ref, id string) // is told which image a name was given to
	change func()               // is told that the engine, an image or a container is not as it was
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu     sync.Mutex
	lives  map[string]*life    // by container
	doomed map[string]struct{} // names of containers that are still to be removed
	outage error               // why the engine does not answer; nil: it does
}

func newWatch(e *engine.Engine, owner Owner, image func(string), tagged func(ref, id string), change func()) *watch {
	w := &watch{engine: e, owner: owner, image: image, tagged: tagged, change: change, lives: map[string]*life{}, doomed: map[string]struct{}{}}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.work.Go(func() { w.listen(owner.mine(), w.took, w.orphan) })
	w.work.Go(func() { w.listen(ofImages(), w.tookImage, func() { w.image("") }) })
	return w
}

func ofImages() filters.Args {
	return filters.NewArgs(filters.Arg("type", string(events.ImageEventType)))
}

func (w *watch) tookImage(m events.Message) {
	switch m.Action {
	case events.ActionDelete, events.ActionUnTag:
		w.image(m.Actor.ID)
	case events.ActionTag:
		w.tagged(m.Actor.Attributes["name"], m.Actor.ID)
	}
	w.change()
}

func (w *watch) close() {
	w.mu.Lock()
	w.cancel()
	w.mu.Unlock()
	w.work.Wait()
}

// in runs something aside unless the watch is closed. w.mu is held.
func (w *watch) in(run func()) {
	if w.ctx.Err() == nil {
		w.work.Go(run)
	}
}

// follow returns the life of a container that was just created.
func (w *watch) follow(id string) *life {
	w.mu.Lock()
	defer w.mu.Unlock()
	l := &life{ended: make(chan struct{}), gone: make(chan struct{})}
	w.lives[id] = l
	return l
}

// forget ends what is known of a container that is removed.
func (w *watch) forget(id string) {
	w.mu.Lock()
	l := w.lives[id]
	delete(w.lives, id)
	w.mu.Unlock()
	if l != nil {
		l.vanish()
	}
}

// pause is the time between attempts to hear from an engine again.
const pause = 200 * time.Millisecond

// listen hears until the watch is closed. What happened while the engine could
// not be heard is found by looking.
func (w *watch) listen(wanted filters.Args, take func(events.Message), deaf func()) {
	for w.ctx.Err() == nil {
		messages, errs := w.engine.Events(w.ctx, events.ListOptions{Filters: wanted})
		w.reconcile(w.ctx)
		hear(messages, errs, take)
		deaf()
		w.missed(w.ping(w.ctx, patience))
		select {
		case <-w.ctx.Done():
		case <-time.After(pause):
		}
	}
}

func hear(messages <-chan events.Message, errs <-chan error, take func(events.Message)) {
	for {
		select {
		case m := <-messages:
			take(m)
		case <-errs:
			return
		}
	}
}

// orphan ends all lives: with the stream of events those of the workers have
// broken, too.
func (w *watch) orphan() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.lives {
		l.end(unknown)
	}
}

func (w *watch) took(m events.Message) {
	if m.Type != events.ContainerEventType {
		return
	}
	w.mu.Lock()
	l := w.lives[m.Actor.ID]
	if m.Action == events.ActionDestroy {
		delete(w.lives, m.Actor.ID)
	}
	w.mu.Unlock()
	if l == nil {
		return
	}
	switch m.Action {
	case events.ActionPause, events.ActionUnPause:
		l.pause(m.Action == events.ActionPause)
		w.change()
	case events.ActionOOM:
		l.starve()
	case events.ActionDie:
		status, err := strconv.Atoi(m.Actor.Attributes["exitCode"])
		if err != nil {
			status = unknown
		}
		l.end(status)
	case events.ActionDestroy:
		l.vanish()
	}
}

// reconcile ends the lives of containers that the engine does not have any more.
func (w *watch) reconcile(ctx context.Context) {
	w.mu.Lock()
	followed := make([]string, 0, len(w.lives))
	for id := range w.lives {
		followed = append(followed, id)
	}
	w.mu.Unlock()
	if len(followed) == 0 {
		return
	}
	there, err := w.engine.ContainerList(ctx, container.ListOptions{All: true, Filters: w.owner.mine()})
	if err != nil {
		return // it is tried again
	}
	state := map[string]string{}
	for _, c := range there {
		state[c.ID] = c.State
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range followed {
		l, s := w.lives[id], state[id]
		switch {
		case l == nil:
		case s == "":
			delete(w.lives, id)
			l.vanish()
		case s == "exited" || s == "dead":
			l.end(unknown)
		}
	}
}
