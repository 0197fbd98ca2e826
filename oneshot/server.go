package oneshot

import (
	"path/filepath"
	"time"

	"github.com/fnhost/fn/oneshot/logbook"
	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
)

// Config is what a Server is made of.
type Config[K Kind[K]] struct {
	Component  string // its name in the manifest
	StateDir   string // see sdk.Config; records and logs are kept in it
	ScratchDir string // whose disk workers write to
	Settings   Settings
	Backend    Backend[K]
	Now        func() time.Time // time.Now by default
}

// Server serves functions. It implements the verbs of sdk.Component but for
// Describe and Validate, and those of sdk.Remover, sdk.LogReader, sdk.PoolReporter
// and sdk.Watcher.
type Server[K Kind[K]] struct {
	cfg     Config[K]
	backend Backend[K]
	records *record.Store
	logs    *scribe
	workers *workers[K]
	running running
	changes changes
}

// New returns a Server that has started nothing yet.
func New[K Kind[K]](cfg Config[K]) (*Server[K], error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	records, err := record.Open(filepath.Join(cfg.StateDir, "functions"))
	if err != nil {
		return nil, sdk.Errorf(sdk.Unavailable, "the functions' directory: %w", err)
	}
	shelf, err := logbook.Open(filepath.Join(cfg.StateDir, "logs"), cfg.Settings.LogKeep)
	if err != nil {
		return nil, sdk.Errorf(sdk.Unavailable, "the logs' directory: %w", err)
	}
	s := &Server[K]{cfg: cfg, backend: cfg.Backend, records: records, logs: newScribe(shelf)}
	s.workers = newWorkers(cfg.Component, cfg.Backend, cfg.Settings, s.Changed)
	return s, nil
}

// Close ends every worker, those with calls too, and writes what is still to be
// written.
func (s *Server[K]) Close() {
	s.workers.close()
	s.logs.close()
}

// Expect has the workers started that functions of the runtime may want. Where none
// comes within pool.Window, as of a runtime that is deleted, they go again.
func (s *Server[K]) Expect(kind K, r sdk.Runtime) {
	s.workers.expect(kind, sdk.Function{Runtime: r}, record.Record{})
}

// Flush returns when the logs of all calls that have returned are written.
func (s *Server[K]) Flush() { s.logs.flush() }
