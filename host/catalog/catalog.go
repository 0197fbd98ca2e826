package catalog

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/fnhost/fn/host/api"
)

// How long an observation is believed before it is made again in the
// background. A component can shorten both (sdk.Validation.ValidFor), not below
// LeastTTL.
const (
	ReadyTTL       = time.Hour
	UnavailableTTL = 5 * time.Minute // broken too
	LeastTTL       = 10 * time.Second
)

// DefaultTimeout bounds the validation of one component, its start included.
const DefaultTimeout = 20 * time.Second

// Options are what a Catalog depends on.
type Options struct {
	Path    string // of components.json
	Probe   Probe
	Now     func() time.Time // nil: time.Now
	Timeout time.Duration    // of one validation; 0: DefaultTimeout
	Log     *slog.Logger     // nil: none
}

// Catalog holds the states. Its methods may be called from many goroutines.
type Catalog struct {
	opts Options
	note string

	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	running sync.WaitGroup // validations
	writing sync.Mutex     // held while the file is written
	written os.FileInfo    // the file as it was written last; nil: not yet. Guarded by writing
	changed chan struct{}  // wakes Run

	mu      sync.Mutex
	entries map[id]api.CachedComponent
	flights map[id]*flight
	used    map[string]Target // what Run keeps fresh: the target last asked for of each component
	order   []string          // of the manifest, once Retain told it
	dirty   bool              // entries are newer than the file
	closed  bool

	firstRun bool // no file, and nothing found out since
}

// id tells observations apart.
type id struct{ name, key string }

func (t Target) id() id { return id{t.Name, t.Key} }

// New returns a catalog with what its file holds. A missing or damaged file is
// an empty one, see FirstRun and Note.
func New(o Options) *Catalog {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Catalog{
		opts:    o,
		changed: make(chan struct{}, 1),
		entries: make(map[id]api.CachedComponent),
		flights: make(map[id]*flight),
		used:    make(map[string]Target),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())

	entries, missing, err := read(o.Path)
	for _, e := range entries {
		c.entries[id{e.Name, e.Key}] = e
		if !slices.Contains(c.order, e.Name) {
			c.order = append(c.order, e.Name)
		}
	}
	c.firstRun = missing
	if err != nil {
		c.dirty = true // the damaged file is replaced at the first chance
		c.note = "the cached states of the components are rebuilt: " + err.Error()
		o.Log.Warn("components file", "path", o.Path, "error", err)
	}
	return c
}

// FirstRun tells whether nothing was known when the catalog was opened and
// nothing has been found out since.
func (c *Catalog) FirstRun() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.firstRun
}

// Note is why a file that was there could not be used, for people; empty when
// there was none or it could.
func (c *Catalog) Note() string { return c.note }

// List tells what is known of the targets, in their order; it asks nobody.
func (c *Catalog) List(targets []Target) []api.Component {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]api.Component, len(targets))
	for i, t := range targets {
		list[i] = c.state(t)
	}
	return list
}

// state is what is known of t.
func (c *Catalog) state(t Target) api.Component {
	if e, ok := c.entries[t.id()]; ok {
		e.Plugin = t.Plugin
		return e.Component
	}
	return api.Component{
		Name: t.Name, Plugin: t.Plugin, State: api.ComponentUnknown, Provides: []string{}, Checks: []api.Check{},
	}
}

// Env is what of the environment the executable with this checksum asks for
// (sdk.Description.Env), if the component named ever described itself with it.
func (c *Catalog) Env(name, sha256 string) ([]string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for at, e := range c.entries {
		if at.name == name && sha256 != "" && e.SHA256 == sha256 {
			return slices.Clone(e.Env), true
		}
	}
	return nil, false
}

// Retain tells which components the manifest has, in its order; those of others
// are forgotten.
func (c *Catalog) Retain(names []string) {
	c.mu.Lock()
	before := len(c.entries)
	reordered := !slices.Equal(c.order, names)
	c.order = slices.Clone(names)
	for at := range c.entries {
		if !slices.Contains(names, at.name) {
			delete(c.entries, at)
		}
	}
	for at, f := range c.flights {
		if !slices.Contains(names, at.name) {
			f.dropped = true
		}
	}
	for name := range c.used {
		if !slices.Contains(names, name) {
			delete(c.used, name)
		}
	}
	changed := len(c.entries) < before || reordered && len(c.entries) > 0
	c.dirty = c.dirty || changed
	c.mu.Unlock()
	c.save()
}

// Close ends validations under way, whose outcome is lost, and writes what the
// file does not have yet.
func (c *Catalog) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.cancel()
	c.running.Wait()
	c.save()
}
