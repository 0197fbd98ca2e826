package local

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/plugins/local/cgroup"
	"github.com/fnhost/fn/plugins/local/confine"
	"github.com/fnhost/fn/plugins/local/deps"
	"github.com/fnhost/fn/plugins/local/interpreter"
	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/plugins/local/unpacked"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// Component runs functions as processes of this machine. The fields are for
// whoever assembles it; the zero value is good.
type Component struct {
	Version string              // of the plugin
	Program string              // the path of fn-worker, with fn-worker-provided beside it; by default beside this executable
	Getenv  func(string) string // of this process; os.Getenv by default
	Now     func() time.Time    // time.Now by default

	openGroups func(owner string) (cgroup.Hierarchy, error)        // cgroup.Open by default
	tryConfine func(context.Context, confine.Config) confine.Found // confine.Find by default

	cfg        sdk.Config
	settings   settings
	python     *interpreter.Finder
	node       *interpreter.Finder
	packages   packages
	groups     func() (cgroup.Hierarchy, error)
	leftGroups leftGroups
	sandbox    func() confine.Found
	launcher   *launch.Launcher
	shelf      *unpacked.Shelf
	*server
}

// server implements Run, Stop, Remove, Status, Logs and Pool.
type server = oneshot.Server[launch.Kind]

var (
	_ sdk.Component    = (*Component)(nil)
	_ sdk.Configurer   = (*Component)(nil)
	_ sdk.Remover      = (*Component)(nil)
	_ sdk.LogReader    = (*Component)(nil)
	_ sdk.PoolReporter = (*Component)(nil)
	_ sdk.Preparer     = (*Component)(nil)
	_ sdk.Collector    = (*Component)(nil)
	_ sdk.Watcher      = (*Component)(nil)
)

// The languages that fn-worker starts.
const (
	languageExec     = "exec"
	languagePython   = "python"
	languageNode     = "node"
	languageProvided = "provided"
)

// Describe announces what workers can do on this system.
func (c *Component) Describe() sdk.Description {
	return sdk.Description{
		Name:    "local",
		Version: cmp.Or(c.Version, "devel"),
		Summary: "functions are processes of this machine",
		// The interpreter is the one the caller would start. A script that
		// chooses it may look for its settings at home.
		Env: append([]string{"PATH", "HOME", "TZ"}, installerEnv()...),
		Limits: sdk.Limits{
			Languages: []sdk.Language{
				{Name: languageExec},
				{Name: languagePython, MaxEvent: worker.MaxEventBytes, MaxResult: worker.MaxResultBytes},
				{Name: languageNode, MaxEvent: worker.MaxEventBytes, MaxResult: worker.MaxResultBytes},
				{Name: languageProvided, MaxEvent: worker.MaxEventBytes, MaxResult: worker.MaxResultBytes},
			},
			OnThisMachine:  true,
			Logs:           sdk.LogsLive,
			CancelEndsCall: true,
			LimitsMemory:   runtime.GOOS == "linux",
		},
	}
}

// Configure prepares the component; it starts no worker. What would keep
// workers from starting is for Validate to tell.
func (c *Component) Configure(ctx context.Context, cfg sdk.Config) error {
	c.cfg, c.settings = cfg, defaultSettings()
	if err := cfg.Decode(&c.settings); err != nil {
		return err
	}
	if err := c.settings.Check(); err != nil {
		return err
	}
	if c.Getenv == nil {
		c.Getenv = os.Getenv
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.openGroups == nil {
		c.openGroups = cgroup.Open
	}
	if c.tryConfine == nil {
		c.tryConfine = confine.Find
	}
	if c.Program == "" {
		c.Program = besideThis("fn-worker")
	}
	c.python = c.finder(interpreter.Python(), "interpreter.json")
	c.node = c.finder(interpreter.Node(), "node.json")
	c.packages.store = &deps.Store{
		Dir: filepath.Join(cfg.StateDir, "packages"), Now: c.Now,
		Env: append(c.environment("PATH", "HOME"), installersOwn(os.Environ())...),
	}
	if err := os.MkdirAll(c.packages.store.Dir, 0o700); err != nil {
		return sdk.Errorf(sdk.Unavailable, "the packages' directory: %w", err)
	}
	c.groups = sync.OnceValues(func() (cgroup.Hierarchy, error) {
		c.leftGroups.sweep(cfg.HostID) //nolint:errcheck // Collect finds again what stays
		return c.openGroups(cfg.HostID)
	})
	go c.groups() // takes some 10 ms, and only the first worker waits for it
	c.sandbox = c.findSandbox()
	var err error
	c.launcher, err = launch.New(launch.Config{
		Program: c.Program, Dir: cfg.ScratchDir, Env: c.environment("PATH", "TZ"),
		Groups: c.groups, Sandbox: c.sandboxOf,
	})
	if err != nil {
		return sdk.Errorf(sdk.Unavailable, "preparing to start workers: %w", err)
	}
	c.shelf = &unpacked.Shelf{Dir: filepath.Join(cfg.ScratchDir, "code"), MostBytes: mostUnpacked, MostTrees: mostTrees}
	c.server, err = oneshot.New(oneshot.Config[launch.Kind]{
		Component: cfg.Component, StateDir: cfg.StateDir, ScratchDir: cfg.ScratchDir,
		Settings: c.settings.Settings, Backend: backend{c}, Now: c.Now,
	})
	return err
}

// Close ends every worker and writes what is still to be written.
func (c *Component) Close() error {
	if c.server == nil {
		return nil // never configured
	}
	c.server.Close()
	c.launcher.Close()
	err := c.shelf.Close()
	c.sandbox() // it may still be looking
	if groups, groupsErr := c.groups(); groupsErr == nil {
		err = errors.Join(err, groups.Close())
	}
	return err
}

// finder finds an interpreter and remembers it in a file of that name.
func (c *Component) finder(language interpreter.Language, cache string) *interpreter.Finder {
	return &interpreter.Finder{
		Language: language,
		Path:     c.Getenv("PATH"), Env: c.environment("PATH", "HOME"),
		Cache: filepath.Join(c.cfg.StateDir, cache),
	}
}

// environment picks variables of this process for another one.
func (c *Component) environment(names ...string) (env []string) {
	for _, name := range names {
		if value := c.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// besideThis is the path of a program in this executable's directory.
func besideThis(name string) string {
	self, err := os.Executable()
	if err != nil {
		return name
	}
	if real, err := filepath.EvalSymlinks(self); err == nil {
		self = real
	}
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(filepath.Dir(self), name)
}
