package host

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/host/launch"
	"github.com/fnhost/fn/host/manifest"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// component is one entry of the manifest, resolved for one caller.
type component struct {
	name   string
	path   string // its executable
	sum    string // wanted sha256; empty: it ships with this host
	env    []string
	config json.RawMessage
	target catalog.Target
	err    error // why it cannot even be started
}

// plugins resolves the manifest: which components there are, where their
// executables lie, what they may see of a caller's environment. What it reads
// it keeps until the file changes, so that a call costs a few stats.
type plugins struct {
	host *Host
	// secret keys the digests of environments: what is written of them to the
	// cache tells nobody what they were.
	secret string
	sums   launch.Checksums

	mu       sync.Mutex
	manifest cached[*manifest.Manifest]
	current  *manifest.Manifest // the one the catalog knows
	lock     cached[*manifest.Lock]
	patterns map[string][]string   // sha256 → the environment it asks for
	resolved map[string]*component // key → the component it stands for
}

// cached is something read from a file, good while the file is the same.
type cached[T any] struct {
	value T
	size  int64
	mod   time.Time
	valid bool
}

// refresh reads path again if it changed.
func refresh[T any](c *cached[T], path string, read func(string) (T, error)) (T, error) {
	info, err := os.Stat(path)
	if err == nil && c.valid && info.Size() == c.size && info.ModTime().Equal(c.mod) {
		return c.value, nil
	}
	value, readErr := read(path)
	if readErr != nil {
		return value, readErr
	}
	*c = cached[T]{value: value, valid: err == nil}
	if err == nil {
		c.size, c.mod = info.Size(), info.ModTime()
	}
	return value, nil
}

// all resolves every component of the manifest for a caller, in its order.
func (p *plugins) all(ctx context.Context, from api.Caller) ([]*component, error) {
	p.mu.Lock()
	m, err := refresh(&p.manifest, p.host.opts.Manifest, manifest.Load)
	if err != nil {
		p.mu.Unlock()
		return nil, err
	}
	if m != p.current {
		p.current = m
		p.host.catalog.Retain(m.Names())
	}
	lock, err := refresh(&p.lock, lockPath(p.host.opts.Manifest), manifest.LoadLock)
	p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	components := make([]*component, len(m.Components))
	var wait sync.WaitGroup
	for i, entry := range m.Components {
		wait.Go(func() { components[i] = p.resolve(ctx, lock, entry, from) })
	}
	wait.Wait()
	return components, nil
}

// resolve finds the executable, the environment and the key of one component.
func (p *plugins) resolve(ctx context.Context, lock *manifest.Lock, entry manifest.Component, from api.Caller) *component {
	c := &component{name: entry.Name, config: entry.Config}
	c.path, c.err = manifest.Resolve(entry, p.host.opts.Beside, lookup(from.Env, "PATH"))
	var got string
	if c.err == nil {
		got, c.err = p.sums.Of(c.path)
	}
	if c.err == nil {
		c.sum, c.err = p.wanted(lock, c, got)
	}
	patterns := entry.Env
	if patterns == nil && c.err == nil {
		patterns, c.err = p.defaultEnv(ctx, c, got)
	}
	c.env = manifest.FilterEnv(patterns, from.Env)
	c.target = catalog.Target{Name: c.name, Plugin: c.path, SHA256: got, Key: p.key(entry, c, got)}

	p.mu.Lock()
	defer p.mu.Unlock()
	if p.resolved == nil || len(p.resolved) > 256 {
		p.resolved = map[string]*component{}
	}
	p.resolved[c.target.Key] = c
	return c
}

// wanted is the checksum an executable must have. One beside our own is part
// of the same installation and needs no entry in the lock; where there is one
// it counts.
func (p *plugins) wanted(lock *manifest.Lock, c *component, got string) (string, error) {
	if want := lock.Get(c.name, manifest.Platform()); want != "" {
		return strings.TrimPrefix(want, "sha256:"), nil
	}
	if p.bundled(c.path) {
		return got, nil
	}
	return "", fault.New(fault.Broken, "%s is not in plugins.lock", c.path).
		In(c.name, "start").WithHint("fn plugins lock")
}

// lockPath is plugins.lock, beside the manifest.
func lockPath(manifest string) string {
	return filepath.Join(filepath.Dir(manifest), "plugins.lock")
}

// bundled tells whether an executable lies beside our own.
func (p *plugins) bundled(path string) bool { return filepath.Dir(path) == p.host.opts.Beside }

// defaultEnv asks a plugin which environment it wants, once per executable. It
// is started without any for that.
func (p *plugins) defaultEnv(ctx context.Context, c *component, sum string) ([]string, error) {
	p.mu.Lock()
	patterns, ok := p.patterns[sum]
	p.mu.Unlock()
	if ok {
		return patterns, nil
	}
	if patterns, ok = p.host.catalog.Env(c.name, sum); !ok {
		description, err := p.describe(ctx, c)
		if err != nil {
			return nil, err
		}
		patterns = description.Env
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.patterns == nil {
		p.patterns = map[string][]string{}
	}
	p.patterns[sum] = patterns
	return patterns, nil
}

// describe starts a plugin, without any environment, to hear what it is.
func (p *plugins) describe(ctx context.Context, c *component) (sdk.Description, error) {
	process, err := launch.Start(ctx, p.host.processes.spec(c))
	if err != nil {
		return sdk.Description{}, err
	}
	defer process.Stop(ctx)
	description, _ := process.Description()
	return description, nil
}

// key digests all that decides how the component behaves.
func (p *plugins) key(entry manifest.Component, c *component, sum string) string {
	parts := []string{c.path, sum, string(entry.Section()), p.host.opts.Build}
	if c.err != nil {
		parts = append(parts, c.err.Error())
	}
	return catalog.Key([]byte(p.secret), append(parts, c.env...)...)
}

// byKey returns the component that a key was made for.
func (p *plugins) byKey(key string) (*component, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c, ok := p.resolved[key]
	return c, ok
}
