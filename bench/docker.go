package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// poolSize is how many workers wait.
const poolSize = 8

// The functions in containers, but for those that one measurement makes for
// itself. Those of the second component never find a waiting worker.
const (
	longFunction     = "long"      // takes long
	coldFunction     = "cold"      // hello, where no worker waits
	apartFunction    = "apart"     // the same without network
	coldLongFunction = "cold-long" // long, where no worker waits
	fillerFunction   = "filler"    // hello, with workers of its own
)

// containers is a home whose functions run in containers.
type containers struct {
	engine
	*home
	component string   // of its own name, so that its containers are known by it
	hello     string   // the source of hello
	long      string   // the source of long
	turns     []string // functions that are like hello, to be called in turn
}

// inContainers is a measurement in a home of containers, which is made for the first.
// Where there is no engine it is left out.
func inContainers(take func(*lab, context.Context, *containers) ([]*table, error)) func(*lab, context.Context) ([]*table, error) {
	return func(l *lab, ctx context.Context) (_ []*table, err error) {
		if l.engine.absent != "" {
			return nil, nil
		}
		if l.containers == nil {
			if l.containers, err = l.newContainers(ctx); err != nil {
				l.engine.absent = err.Error() // one that fails is enough
				return nil, err
			}
		}
		return take(l, ctx, l.containers)
	}
}

func (l *lab) newContainers(ctx context.Context) (*containers, error) {
	c := &containers{engine: l.engine, component: "bench-" + strconv.Itoa(os.Getpid())}
	code, err := os.ReadFile(filepath.Join(l.path("functions"), helloFunction, "handler.py"))
	if err != nil {
		return nil, err
	}
	c.hello = string(code)
	c.long = fmt.Sprintf("import time\n\n\ndef handler(event, context):\n    time.sleep(%g)\n    return \"hello\"\n", l.long.Seconds())
	for i := range min(rotatingFunctions, max(alternating, l.n)) {
		c.turns = append(c.turns, fmt.Sprintf("turn-%d", i))
	}
	if err := write(filepath.Join(l.path("functions"), longFunction, "handler.py"), c.long); err != nil {
		return nil, err
	}
	if c.home, err = newHome(l.dir, l.executable("fn"), c.manifest(min(poolSize, l.n))); err != nil {
		return nil, err
	}
	l.onClose(func() { c.close(context.WithoutCancel(ctx)) })
	return c, c.createAll(ctx, l.path("functions"))
}

// manifest has two components: one where so many workers wait, and one where none
// do.
func (c *containers) manifest(warm int) string {
	section := func(name string, warm int) string {
		return fmt.Sprintf("[%s]\nplugin = \"fn-plugin-docker\"\n[%s.config]\nwarm = %d\nwarm_max = %d\nslots = 64\nimages = { python = %q }\n",
			name, name, warm, warm, c.image)
	}
	return section(c.component, warm) + section(c.withoutPool(), 0)
}

func (c *containers) withoutPool() string { return c.component + "-empty" }

func (c *containers) createAll(ctx context.Context, sources string) error {
	for _, f := range []struct{ name, source, component, network string }{
		{helloFunction, helloFunction, c.component, "on"},
		{echoFunction, echoFunction, c.component, "on"},
		{longFunction, longFunction, c.component, "on"},
		{coldFunction, helloFunction, c.withoutPool(), "on"},
		{apartFunction, helloFunction, c.withoutPool(), "none"},
		{coldLongFunction, longFunction, c.withoutPool(), "on"},
	} {
		if err := c.create(ctx, f.name, filepath.Join(sources, f.source), f.component, "--network", f.network); err != nil {
			return err
		}
	}
	for _, name := range c.turns {
		if err := c.create(ctx, name, filepath.Join(sources, helloFunction), c.component); err != nil {
			return err
		}
	}
	return c.settled(ctx)
}

// close ends the host, and removes what that may have left.
func (c *containers) close(ctx context.Context) {
	c.stop(ctx) //nolint:errcheck // what it does not remove is removed here
	for _, component := range []string{c.component, c.withoutPool()} {
		for _, kind := range []struct{ list, remove []string }{
			{[]string{"ps", "-aq"}, []string{"rm", "-f"}},
			{[]string{"network", "ls", "-q"}, []string{"network", "rm"}},
		} {
			found, err := c.query(ctx, append(kind.list, "--filter", "label=fn.component="+component)...)
			if ids := strings.Fields(found); err == nil && len(ids) > 0 {
				c.query(ctx, append(kind.remove, ids...)...) //nolint:errcheck // what went meanwhile
			}
		}
	}
}

// create makes a function and deploys it, so that no measured call does.
func (c *containers) create(ctx context.Context, name, code, component string, flags ...string) error {
	args := append([]string{"create", name, code, "--runtime", "python", "--component", component, "--timeout", "5m"}, flags...)
	if _, err := c.do(ctx, args...); err != nil {
		return err
	}
	_, err := c.do(ctx, "deploy", name)
	return err
}

// workers are the containers of workers that wait, are started or are removed.
func (c *containers) workers(ctx context.Context) (ids []string, err error) {
	for _, component := range []string{c.component, c.withoutPool()} {
		listed, err := c.query(ctx, "ps", "-aq", "--filter", "label=fn.component="+component, "--filter", "label=fn.role=worker")
		if err != nil {
			return nil, err
		}
		ids = append(ids, strings.Fields(listed)...)
	}
	return ids, nil
}

// settled waits until the pools are full and the engine has removed the containers
// of calls that are over.
func (c *containers) settled(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, refillLimit, fmt.Errorf("after %v there still are containers of calls that are over", refillLimit))
	defer cancel()
	for {
		if err := c.refilled(ctx); err != nil {
			return err
		}
		pools, err := c.pools(ctx)
		if err != nil {
			return err
		}
		workers, err := c.workers(ctx)
		if err != nil {
			return err
		}
		if len(workers) <= pools.warm() {
			return nil
		}
		if pause(ctx, 20*time.Millisecond) != nil {
			return context.Cause(ctx)
		}
	}
}

// settle is settled after a call.
func (c *containers) settle(ctx context.Context, done *command) error {
	if done.home == nil {
		return nil
	}
	return errors.Join(done.home.refilled(ctx), c.settled(ctx))
}

// again is one command for each caller of callAll.
func again(make func() *command) func() []*command {
	return func() []*command { return []*command{make()} }
}
