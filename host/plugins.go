package host

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/host/launch"
	"github.com/fnhost/fn/host/manifest"
	"github.com/fnhost/fn/sdk/fault"
)

// component is one entry of the manifest, resolved for one caller.
type component struct {
	name   string
	path   string // its executable
	sum    string // wanted sha256; empty: none is accepted yet
	env    []string
	config json.RawMessage
	target catalog.Target
	err    error // why it cannot even be started

	// undescribed is set where the manifest leaves it to the plugin what it may
	// see of the environment, and the plugin has not said so yet. Such a
	// component is another one once it has: see plugins.described.
	undescribed bool
	section     []byte
	from        api.Caller // kept only while it is undescribed
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
	sections [][]byte           // of its components
	lock     cached[*manifest.Lock]
	patterns map[string][]string // sha256 → the environment it asks for
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

// all resolves every component of the manifest for a caller, in its order. It
// starts none.
func (p *plugins) all(from api.Caller) ([]*component, error) {
	p.mu.Lock()
	m, err := refresh(&p.manifest, p.host.opts.Manifest, p.host.loadManifest)
	if err != nil {
		p.mu.Unlock()
		return nil, err
	}
	if m != p.current {
		p.current, p.sections = m, nil
		for _, entry := range m.Components {
			p.sections = append(p.sections, entry.Section())
		}
		p.host.catalog.Retain(m.Names())
		p.host.processes.retain(m.Names())
	}
	sections := p.sections
	lock, err := refresh(&p.lock, lockPath(p.host.opts.Manifest), manifest.LoadLock)
	p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	components := make([]*component, len(m.Components))
	var wait sync.WaitGroup // executables that are new are read in whole
	for i, entry := range m.Components {
		wait.Go(func() { components[i] = p.resolve(lock, entry, sections[i], from) })
	}
	wait.Wait()
	return components, nil
}

// loadManifest reads the manifest. The default one, once it is gone, is written
// again as at the first start.
func (h *Host) loadManifest(path string) (*manifest.Manifest, error) {
	m, err := manifest.Load(path)
	if !errors.Is(err, fs.ErrNotExist) || path != h.opts.Dirs.Manifest() {
		return m, err
	}
	if err := h.opts.Dirs.Prepare(); err != nil {
		return nil, err
	}
	if err := manifest.WriteDefault(path, manifest.Discover(h.opts.Beside)); err != nil {
		return nil, err
	}
	return manifest.Load(path)
}

// resolve finds the executable, the environment and the key of one component.
func (p *plugins) resolve(lock *manifest.Lock, entry manifest.Component, section []byte, from api.Caller) *component {
	c := &component{name: entry.Name, config: entry.Config, section: section}
	c.path, c.err = manifest.Resolve(entry, p.host.opts.Beside, lookup(from.Env, "PATH"))
	var got string
	if c.err == nil {
		got, c.err = p.sums.Of(c.path)
	}
	if c.err == nil {
		c.sum, c.err = p.wanted(lock, c, got)
	}
	c.target = catalog.Target{Name: c.name, Plugin: c.path, SHA256: got}
	patterns := entry.Env
	if patterns == nil && c.err == nil {
		var known bool
		if patterns, known = p.wants(c); !known {
			c.undescribed, c.from = true, from
		}
	}
	return p.identify(c, patterns, from)
}

// identify gives a component its environment and, with that, its key.
func (p *plugins) identify(c *component, patterns []string, from api.Caller) *component {
	c.env = manifest.FilterEnv(patterns, from.Env)
	c.target.Key = p.key(c)
	c.target.Entry = c
	return c
}

// described is an undescribed component once its plugin has said what it wants
// to see; nil while it has not.
func (p *plugins) described(c *component, from api.Caller) *component {
	patterns, known := p.wants(c)
	if !known {
		return nil
	}
	again := *c
	again.undescribed, again.from = false, api.Caller{}
	return p.identify(&again, patterns, from)
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

// wants is what a component's executable asks for of the environment, if it
// ever said so.
func (p *plugins) wants(c *component) (patterns []string, known bool) {
	sum := c.target.SHA256
	p.mu.Lock()
	patterns, known = p.patterns[sum]
	p.mu.Unlock()
	if known {
		return patterns, true
	}
	return p.host.catalog.Env(c.name, sum)
}

// describe starts a plugin, without any environment, to hear what it is and
// wants.
func (p *plugins) describe(ctx context.Context, c *component) error {
	process, err := launch.Start(ctx, p.host.processes.spec(c))
	if err != nil {
		return err
	}
	defer process.Stop(ctx)
	is, _ := process.Description()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.patterns == nil {
		p.patterns = map[string][]string{}
	}
	p.patterns[c.target.SHA256] = is.Env
	return nil
}

// key digests all that decides how the component behaves.
func (p *plugins) key(c *component) string {
	parts := []string{c.path, c.target.SHA256, c.sum, string(c.section), p.host.opts.Build, strconv.FormatBool(c.undescribed)}
	if c.err != nil {
		parts = append(parts, c.err.Error())
	}
	return catalog.Key([]byte(p.secret), append(parts, c.env...)...)
}
