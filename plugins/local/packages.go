package local

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/plugins/local/deps"
	"github.com/fnhost/fn/plugins/local/interpreter"
	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/sdk"
)

// packages are what runtimes and functions bring beyond their interpreter.
type packages struct {
	store *deps.Store

	mu     sync.Mutex
	proven map[launch.Kind]bool // a worker with these preloads has started
}

// installerEnv names what of the caller's environment decides where pip and npm
// look for packages. Whoever changes it gets another process of this component,
// with a pool of its own; so what npm sets for its scripts, npm_config_*, is
// not among it.
func installerEnv() []string {
	return []string{
		"PIP_*", "NPM_CONFIG_*", "SSL_CERT_*", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
		"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
	}
}

// installersOwn is the part of an environment that installers are given.
func installersOwn(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return !slices.ContainsFunc(installerEnv(), func(pattern string) bool {
			prefix, open := strings.CutSuffix(pattern, "*")
			return name == pattern || open && strings.HasPrefix(name, prefix)
		})
	})
}

// PrepareRuntime installs what the runtime requires and starts a worker that
// imports what it preloads, to see that this works.
func (c *Component) PrepareRuntime(ctx context.Context, r sdk.Runtime, progress sdk.Progress) error {
	kind, err := c.prepare(ctx, sdk.Function{Runtime: r, Network: sdk.NetworkOn}, progress)
	if err == nil {
		c.server.Expect(kind, r)
	}
	return err
}

// prepare returns the kind of worker that serves a function and does all that
// its runtime needs which was not done before.
func (c *Component) prepare(ctx context.Context, f sdk.Function, progress sdk.Progress) (launch.Kind, error) {
	kind, err := c.specific(ctx, f, func(i deps.Interpreter, n requirements.Needs) (string, error) {
		return c.packages.store.Install(ctx, i, n, progress)
	})
	if err != nil || kind.Preload == "" || c.packages.isProven(kind) {
		return kind, err
	}
	progress("importing "+kind.Preload, 0, 0, "")
	limited, cancel := context.WithTimeout(ctx, oneshot.StartLimit)
	defer cancel()
	w, err := c.launcher.Start(limited, kind)
	if err != nil {
		if ctx.Err() != nil {
			return kind, context.Cause(ctx)
		}
		return kind, oneshot.NotImported(limited, f, err)
	}
	w.Stop()
	c.packages.prove(kind)
	return kind, nil
}

// prepared returns the kind of worker that serves a function whose runtime was
// prepared.
func (c *Component) prepared(ctx context.Context, f sdk.Function) (launch.Kind, error) {
	return c.specific(ctx, f, func(i deps.Interpreter, n requirements.Needs) (string, error) {
		dir, ok := c.packages.store.Find(i, n)
		if !ok {
			return "", sdk.Errorf(sdk.NotFound, "what the runtime %s requires is not installed", f.Runtime.Name).WithHint("fn deploy %s", f.Name)
		}
		return dir, nil
	})
}

// specific is the kind of worker of a function; modules finds or makes what its
// runtime requires.
func (c *Component) specific(ctx context.Context, f sdk.Function, modules func(deps.Interpreter, requirements.Needs) (string, error)) (made launch.Kind, _ error) {
	r := f.Runtime
	kind, err := c.kind(ctx, f)
	if kind.Interpreter != "" {
		defer func() { made.Packages = inode(c.packages.store.Dir) }()
	}
	if err != nil || r.Requirements == "" && len(r.Preload) == 0 {
		return kind, err
	}
	i, err := c.interpreter(ctx, r.Language)
	if err != nil {
		return kind, err
	}
	needs, err := requirements.OfRuntime(r)
	if err == nil && needs.Any() {
		kind.Modules, err = modules(i, needs)
	}
	kind.Preload = strings.Join(r.Preload, ",")
	return kind, err
}

// interpreter is what packages of a language are installed for.
func (c *Component) interpreter(ctx context.Context, language string) (deps.Interpreter, error) {
	finder := map[string]*interpreter.Finder{languagePython: c.python, languageNode: c.node}[language]
	if finder == nil {
		return deps.Interpreter{}, sdk.Errorf(sdk.Invalid, "%s has no modules to install or preload", language)
	}
	found, err := finder.Find(ctx)
	return deps.Interpreter{Path: found.Path, Version: found.Version}, err
}

// install installs what the code of a function requires. It returns where, and
// for which interpreter; nothing where it requires nothing.
func (c *Component) install(ctx context.Context, f sdk.Function, progress sdk.Progress) (dir, installedFor string, err error) {
	needs, err := requirements.OfFunction(f)
	if err != nil || !needs.Any() {
		return "", "", err
	}
	i, err := c.interpreter(ctx, f.Runtime.Language)
	if err != nil {
		return "", "", err
	}
	dir, err = c.packages.store.Install(ctx, i, needs, progress)
	return dir, i.String(), err
}

// installed tells whether what a function requires is still there, and still
// for the interpreter that calls it.
func (c *Component) installed(ctx context.Context, r record.Record) error {
	if r.Modules == "" {
		return nil
	}
	i, err := c.interpreter(ctx, r.Language)
	if err != nil {
		return err
	}
	if r.Interpreter != i.String() || !c.packages.store.Has(r.Modules) {
		return sdk.Errorf(sdk.NotFound, "what %s requires is not installed for %s", r.Name, i).WithHint("fn deploy %s", r.Name)
	}
	return nil
}

func (p *packages) isProven(kind launch.Kind) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.proven[kind]
}

func (p *packages) prove(kind launch.Kind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.proven == nil {
		p.proven = map[launch.Kind]bool{}
	}
	p.proven[kind] = true
}
