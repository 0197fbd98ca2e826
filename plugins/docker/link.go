package docker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/plugins/docker/images"
	"github.com/fnhost/fn/plugins/docker/program"
)

// A link is what there is once an engine has answered. It stays good when the
// engine is started again.
type link struct {
	mu      sync.Mutex
	to      *linked
	opening *opening
}

type linked struct {
	engine   *engine.Engine
	filters  bool // workers keep themselves from system calls
	launcher *container.Launcher
	images   *images.Store
	proven   sync.Map // of kinds, the parts that decide whether preloads can be imported
}

// opening is an attempt, which all calls wait for that come meanwhile.
type opening struct {
	cancel context.CancelFunc
	done   chan struct{}
	to     *linked
	err    error
}

// up returns the link to the caller's engine; the first time it opens it and
// removes what dead processes of this host have left there.
func (c *Component) up(ctx context.Context) (*linked, error) {
	c.link.mu.Lock()
	to, o := c.link.to, c.link.opening
	if to == nil && o == nil {
		opens, cancel := context.WithTimeout(context.WithoutCancel(ctx), openLimit)
		o = &opening{cancel: cancel, done: make(chan struct{})}
		c.link.opening = o
		go c.open(opens, o)
	}
	c.link.mu.Unlock()
	if to != nil {
		return to, nil
	}
	select {
	case <-o.done:
		return o.to, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// openLimit bounds the time until the engine is ready for containers.
const openLimit = 30 * time.Second

func (c *Component) open(ctx context.Context, o *opening) {
	defer o.cancel()
	o.to, o.err = c.connect(ctx)
	c.link.mu.Lock()
	defer c.link.mu.Unlock()
	c.link.to, c.link.opening = o.to, nil
	close(o.done)
}

func (c *Component) connect(ctx context.Context) (*linked, error) {
	e, err := engine.Open(ctx, c.Getenv, c.Getenv("HOME"))
	if err != nil {
		return nil, err
	}
	volume, err := c.programs(ctx, e)
	filters := false
	if err == nil {
		filters, err = c.filters(ctx, e)
	}
	if err == nil {
		_, err = program.Collect(ctx, e, volume)
	}
	if err == nil {
		_, err = container.Sweep(ctx, e, c.owner, c.room.Has)
	}
	if err != nil {
		return nil, errors.Join(e.Explain(err), e.Close())
	}
	to := &linked{
		engine: e, filters: filters,
		images: &images.Store{
			Engine: e, HostID: c.owner.Host, Component: c.owner.Component, Process: c.owner.Process,
			ConfigDir: c.dockerConfig(), StateDir: c.cfg.StateDir, Environ: os.Environ(),
		},
	}
	to.launcher = container.New(container.Config{
		Engine: e, Owner: c.owner, Changed: c.server.Changed, Filter: filters,
		Image: to.images.Forget, Tagged: to.images.Tagged,
		Program: func(ctx context.Context) (string, error) { return c.programs(ctx, e) },
		Empty:   func(ctx context.Context) (string, error) { return program.Image(ctx, e) },
	})
	return to, nil
}

func (c *Component) filters(ctx context.Context, e *engine.Engine) (bool, error) {
	info, err := e.Info(ctx)
	if err != nil {
		return false, err
	}
	arch, err := program.Architecture(ctx, e)
	return c.settings.filtersCalls(info, arch), err
}

// programs returns the volume with the worker programs for the engine's machine.
// All hosts share it: it is of no process.
func (c *Component) programs(ctx context.Context, e *engine.Engine) (string, error) {
	arch, err := program.Architecture(ctx, e)
	if err != nil {
		return "", err
	}
	files, err := program.Find(c.Program, arch)
	if err != nil {
		return "", err
	}
	return program.Ensure(ctx, e, files, nil)
}

// dockerConfig is where docker keeps its credentials.
func (c *Component) dockerConfig() string {
	if dir := c.Getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	return filepath.Join(c.Getenv("HOME"), ".docker")
}

// close ends the link. There are no more calls.
func (l *link) close() error {
	l.mu.Lock()
	o := l.opening
	l.mu.Unlock()
	if o != nil {
		o.cancel()
		<-o.done
	}
	if l.to == nil {
		return nil
	}
	return errors.Join(l.to.launcher.Close(), l.to.engine.Close())
}
