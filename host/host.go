package host

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fnhost/fn/host/catalog"
	"github.com/fnhost/fn/host/dirs"
	"github.com/fnhost/fn/host/manifest"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/host/settings"
	"github.com/fnhost/fn/sdk/fault"
)

// Options are what a host is made from.
type Options struct {
	Dirs     dirs.Dirs
	Manifest string // plugins.toml
	Beside   string // the directory of our own executables
	Version  string // for people
	Build    string // must be the caller's
	Private  bool   // for one command: never idle
	Log      io.Writer
}

// Host is the state behind the methods.
type Host struct {
	opts      Options
	log       *slog.Logger
	session   *session
	swept     untold // at the start
	registry  *registry.Registry
	bundles   registry.Bundles
	catalog   *catalog.Catalog
	processes *processes
	plugins   *plugins
	since     time.Time

	settingsMu sync.Mutex
	settings   cached[settings.Settings]

	calls    atomic.Int64 // in flight
	requests atomic.Int64 // in flight, calls included
	lastUsed atomic.Int64 // nanoseconds after since
	draining chan struct{}
	drain    func()
	cancel   context.CancelCauseFunc // of everything that works for a caller
	ctx      context.Context
	records  sync.RWMutex // read-held until a call's record is written
	ended    chan ended   // calls to be recorded
	closed   chan struct{}
	first    sync.Once // the check of all components, see firstRun
	resumed  sync.Once // the look at what was deployed before, see resume
}

// Open makes a host on its directories. Close ends it.
func Open(o Options) (*Host, error) {
	if err := o.Dirs.Prepare(); err != nil {
		return nil, err
	}
	session, swept, err := newSession(o.Dirs.Runtime, o.Dirs.Scratch())
	if err != nil {
		return nil, unprepared(o.Dirs.State, err)
	}
	h := &Host{
		opts:     o,
		log:      slog.New(slog.NewTextHandler(o.Log, nil)),
		session:  session,
		bundles:  registry.Bundles{Dir: o.Dirs.Bundles()},
		since:    time.Now(),
		draining: make(chan struct{}),
		ended:    make(chan ended, maxUnrecorded),
		closed:   make(chan struct{}),
	}
	go h.recordAll()
	h.drain = sync.OnceFunc(func() { close(h.draining) })
	h.ctx, h.cancel = context.WithCancelCause(context.Background())
	h.swept.keep(swept.Removed)
	for _, e := range swept.Failed {
		h.log.Warn("remove what was left", "error", e)
	}
	h.touch()
	if err := h.open(); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func (h *Host) open() error {
	var err error
	if h.registry, err = registry.Open(h.opts.Dirs.Database(), registry.Options{}); err != nil {
		return err
	}
	if !h.opts.Private { // what ran of the host before ended with it
		if err := h.registry.EndRuns(context.Background(), "", time.Now()); err != nil {
			h.log.Warn("note that nothing runs yet", "error", err)
		}
	}
	hostID, err := identity(h.opts.Dirs.Runtime, filepath.Join(h.opts.Dirs.Data, "host.id"))
	if err != nil {
		return err
	}
	secret, err := identity(h.opts.Dirs.Runtime, filepath.Join(h.opts.Dirs.Data, "host.key"))
	if err != nil {
		return err
	}
	h.plugins = &plugins{host: h, secret: secret}
	h.processes = newProcesses(processOptions{
		socketDir:  h.session.sockets,
		scratchDir: h.session.scratch.path,
		stateDir:   h.opts.Dirs.ComponentState,
		hostID:     hostID,
		checksums:  &h.plugins.sums,
		log:        func(c string) io.Writer { return pluginLog{component: c, log: h.log} },
		now:        time.Now,
		started:    h.follow,
		heard:      h.repeat,

		privateDirs: h.opts.Dirs.Private(),
	})
	h.catalog = catalog.New(catalog.Options{
		Path:  h.opts.Dirs.Components(),
		Probe: h.probe,
		Now:   time.Now,
		Log:   h.log,
	})
	if note := h.catalog.Note(); note != "" {
		h.log.Warn("the cached states are rebuilt", "reason", note)
	}
	return manifest.WriteDefault(h.opts.Manifest, manifest.Discover(h.opts.Beside))
}

// Close cancels what is under way and stops every plugin.
func (h *Host) Close() {
	h.drain()
	h.cancel(stoppedNow())
	if h.catalog != nil {
		h.catalog.Close() // first: that the plugins end is no finding about them
	}
	if h.processes != nil {
		h.processes.close()
	}
	h.awaitRecords()
	close(h.closed)
	if h.registry != nil {
		if err := h.registry.Close(); err != nil {
			h.log.Error("close the registry", "error", err)
		}
	}
	err := h.session.close()
	if err == nil { // and what could not be swept at the start
		for _, e := range h.sweep().Failed {
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		h.log.Error("remove the host's directories", "error", err)
	}
}

// identity returns the random text kept at path, made on first use. One marks
// what components make outside the process as this home's, another keys the
// digests of environments. Hosts of one home agree on it: they make it alone.
func identity(runtime, path string) (id string, err error) {
	known := func() bool {
		text, err := os.ReadFile(path)
		id = string(text)
		return err == nil && id != ""
	}
	if known() {
		return id, nil
	}
	err = alone(runtime, func() error {
		if known() {
			return nil
		}
		id = strings.ToLower(rand.Text())
		return os.WriteFile(path, []byte(id), 0o600)
	})
	if err != nil {
		return "", fault.New(fault.PermissionDenied, "write the host's id: %w", err)
	}
	return id, nil
}
