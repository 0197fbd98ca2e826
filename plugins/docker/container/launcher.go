package container

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/worker"
)

// Config is what a Launcher needs.
type Config struct {
	Engine  *engine.Engine
	Owner   Owner
	Program func(context.Context) (volume string, err error) // sees to it that the worker programs are in a volume
	// Empty returns an image with nothing in it, for holders, and makes it where it
	// is missing.
	Empty  func(context.Context) (ref string, err error)
	Image  func(id string)      // is told of each image that lost a name or is gone; "": it may be any
	Tagged func(ref, id string) // is told which image a name was given to
	// Changed is told, and must not wait, when the engine stops or begins to answer,
	// an image comes or goes, or a worker is paused or goes on.
	Changed func()
	// Filter says that the programs filter their own system calls: the engine is
	// not to.
	Filter bool
}

// Launcher starts workers. It may be used from several goroutines at once.
type Launcher struct {
	cfg      Config
	watch    *watch
	networks *networks
	holders  *holders
	programs *programs
	made     atomic.Int64 // containers, of which each has a name of its own
	creating sync.WaitGroup
}

// New returns a Launcher that has made nothing yet.
func New(cfg Config) *Launcher {
	l := &Launcher{
		cfg: cfg, watch: newWatch(cfg.Engine, cfg.Owner, cfg.Image, cfg.Tagged, cfg.Changed),
		networks: &networks{engine: cfg.Engine, owner: cfg.Owner}, programs: &programs{find: cfg.Program},
	}
	l.holders = newHolders(l.hold)
	return l
}

// Close removes all that this process has made. All workers must be stopped.
func (l *Launcher) Close() error {
	l.holders.close()
	created := make(chan struct{})
	go func() {
		l.creating.Wait()
		close(created)
	}()
	within(created, settle)
	l.watch.close()
	ctx, cancel := context.WithTimeout(context.Background(), cleanUp)
	defer cancel()
	_, err := remove(ctx, l.cfg.Engine, l.cfg.Owner.mine(), func(string) bool { return true })
	return errors.Join(err, l.networks.close())
}

// Collect removes what dead processes of the component have left. present tells
// which processes there are.
func (l *Launcher) Collect(ctx context.Context, present func(process string) bool) (removed []string, err error) {
	return Sweep(ctx, l.cfg.Engine, l.cfg.Owner, present)
}

// Outage returns why the engine does not answer; nil: it does, as far as is known.
func (l *Launcher) Outage() error { return l.watch.down() }

// Missed notes an error of the engine, which may say that it does not answer.
func (l *Launcher) Missed(err error) { l.watch.missed(err) }

const (
	// cleanUp bounds the removal of what could not be started.
	cleanUp = 10 * time.Second
	// createLimit bounds the making of a container, which takes 20 to 200 ms.
	createLimit = 30 * time.Second
	// settle is how long Close waits for containers that the engine still makes.
	settle = 2 * time.Second
)

// Start starts a worker and returns when it has said Hello. An engine that does
// not answer is Unavailable, one without room on its disk ResourceExhausted, and
// an image that it does not have is NotFound.
func (l *Launcher) Start(ctx context.Context, kind Kind) (*Worker, error) {
	if err := l.watch.answers(ctx); err != nil {
		return nil, err
	}
	guarded, done := l.watch.guard(ctx)
	defer done()
	w, err := l.try(guarded, kind)
	if err != nil && vanished(err) { // what a worker needs was removed by hand
		l.networks.forget()
		l.programs.forget()
		w, err = l.try(guarded, kind)
	}
	if out := context.Cause(guarded); err != nil && out != nil && ctx.Err() == nil {
		err = out
	}
	if err != nil {
		l.watch.missed(err)
		return nil, l.explain(err)
	}
	return w, nil
}

func (l *Launcher) try(ctx context.Context, kind Kind) (*Worker, error) {
	began := time.Now()
	network, err := l.networks.mode(ctx, kind.NoNetwork)
	if err != nil {
		return nil, err
	}
	h := l.holders.take(network, kind)
	w, err := l.startOn(ctx, kind, network, h, began)
	if err != nil && h != nil && h.lost {
		return l.startOn(ctx, kind, network, nil, began)
	}
	return w, err
}

// startOn starts a worker in the network of a holder, or, where that is nil, in
// one of its own.
func (l *Launcher) startOn(ctx context.Context, kind Kind, network container.NetworkMode, h *holder, began time.Time) (*Worker, error) {
	done := func(gone bool) { l.holders.done(network, kind, h, gone) }
	mode := network
	if h != nil {
		mode = container.NetworkMode("container:" + h.id)
	}
	volume, err := l.programs.volume(ctx)
	if err != nil {
		done(true)
		return nil, err
	}
	made, err := l.create(ctx, kind.Ref, l.config(kind), l.host(kind, mode, volume))
	if err != nil {
		done(true)
		return nil, err
	}
	w := &Worker{instance: made, Kind: kind, Started: began, done: done}
	if err := l.start(ctx, w); err != nil {
		l.watch.missed(err)
		w.Stop()
		return nil, err
	}
	return w, nil
}

// create creates a container. An engine goes on with it when nobody waits any
// more: what it makes then is removed.
func (l *Launcher) create(ctx context.Context, ref string, config *container.Config, host *container.HostConfig) (instance, error) {
	i := instance{name: fmt.Sprintf("fn-%s-%s-%d", l.cfg.Owner.Host, l.cfg.Owner.Process, l.made.Add(1)), engine: l.cfg.Engine, watch: l.watch}
	made := make(chan error, 1)
	l.creating.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), createLimit)
		defer cancel()
		answer, err := l.cfg.Engine.ContainerCreate(ctx, config, host, nil, nil, i.name)
		i.id = answer.ID
		made <- err
	})
	select {
	case err := <-made:
		if err != nil {
			l.watch.doom(i.name)
			return i, fmt.Errorf("creating a container of %s: %w", ref, l.cfg.Engine.Explain(err))
		}
		i.life = l.watch.follow(i.id)
		return i, nil
	case <-ctx.Done():
		l.creating.Go(func() {
			<-made
			l.watch.doom(i.name)
		})
		return instance{}, fmt.Errorf("creating a container of %s: %w", ref, ctx.Err())
	}
}

func (l *Launcher) start(ctx context.Context, w *Worker) error {
	stream, err := w.attach(ctx)
	if err != nil {
		return err
	}
	w.Conn = worker.NewConn(stream)
	if err := l.cfg.Engine.ContainerStart(ctx, w.id, container.StartOptions{}); err != nil {
		return fmt.Errorf("starting a container of %s: %w", w.Kind.Ref, l.cfg.Engine.Explain(err))
	}
	if w.Hello, err = w.Conn.Hello(ctx); err != nil {
		return explain(err, stream.said())
	}
	return nil
}

// explain adds what the worker said on its standard error.
func explain(err error, said string) error {
	if said = strings.TrimSpace(said); said == "" {
		return err
	}
	var f *worker.Failure
	if errors.As(err, &f) {
		with := *f
		with.Message += ": " + said
		return &with
	}
	return fmt.Errorf("%w: %s", err, said)
}
