package docker

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/plugins/docker/images"
	"github.com/fnhost/fn/plugins/docker/presence"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// Component runs functions in containers of a Docker engine. The fields are for
// whoever assembles it; the zero value is good.
type Component struct {
	Version string              // of the plugin
	Program string              // the directory with the worker programs; by default that of this executable
	Getenv  func(string) string // of this process; os.Getenv by default
	Now     func() time.Time    // time.Now by default

	cfg      sdk.Config
	settings settings
	room     presence.Room
	presence *presence.Presence
	owner    container.Owner
	link     link
	*server
}

// server implements Run, Stop, Remove, Status, Logs and Pool, and part of Watch.
type server = oneshot.Server[container.Kind]

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

// Describe announces what workers can do.
func (c *Component) Describe() sdk.Description {
	return sdk.Description{
		Name:    "docker",
		Version: cmp.Or(c.Version, "devel"),
		Summary: "functions run in containers of a Docker engine",
		Env:     append([]string{"DOCKER_*", "HOME", "XDG_RUNTIME_DIR", "PATH"}, images.InstallerEnv()...),
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
			LimitsMemory:   true,
			Images:         true,
		},
	}
}

// Configure prepares the component; it asks nothing of an engine. What would keep
// containers from starting is for Validate to tell.
func (c *Component) Configure(ctx context.Context, cfg sdk.Config) error {
	c.cfg, c.settings = cfg, defaultSettings()
	if err := cfg.Decode(&c.settings); err != nil {
		return err
	}
	if err := c.settings.check(); err != nil {
		return err
	}
	if c.Getenv == nil {
		c.Getenv = os.Getenv
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Program == "" {
		c.Program = besideThis()
	}
	var err error
	if c.room, err = presence.Open(filepath.Join(cfg.StateDir, "processes")); err != nil {
		return sdk.Errorf(sdk.Unavailable, "the processes' directory: %w", err)
	}
	if c.presence, err = c.room.Enter(); err != nil {
		return sdk.Errorf(sdk.Unavailable, "the processes' directory: %w", err)
	}
	c.owner = container.Owner{Host: cfg.HostID, Component: cfg.Component, Process: c.presence.ID}
	c.server, err = oneshot.New(oneshot.Config[container.Kind]{
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
	return errors.Join(c.link.close(), c.presence.Leave())
}

// besideThis is this executable's directory.
func besideThis() string {
	self, err := os.Executable()
	if err != nil {
		return "."
	}
	if real, err := filepath.EvalSymlinks(self); err == nil {
		self = real
	}
	return filepath.Dir(self)
}
