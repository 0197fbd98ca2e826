package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/fnhost/fn/sdk/fault"
)

// Options are what Open can be told; zero values mean the defaults.
type Options struct {
	Now       func() time.Time
	KeepCalls int           // how many records of calls are kept; 0: 10,000
	Wait      time.Duration // for other processes that write; 0: 15 s
}

// Registry is an open function database. Its methods may be called from any
// goroutine.
type Registry struct {
	path string
	file os.FileInfo // the one at path when it was opened
	now  func() time.Time
	keep int

	// One connection writes: goroutines queue for it in order, instead of
	// polling for SQLite's lock. Readers never wait for it.
	write *sql.DB
	read  *sql.DB

	callable   *sql.Stmt
	insertCall *sql.Stmt
	pruneCalls *sql.Stmt
}

const (
	defaultKeepCalls = 10_000
	defaultWait      = 15 * time.Second
	readers          = 4
)

// Open opens the database at path, which is made when it is not there; its
// directory must be.
func Open(path string, o Options) (*Registry, error) {
	r := &Registry{path: path, now: o.Now, keep: o.KeepCalls}
	if r.now == nil {
		r.now = time.Now
	}
	if r.keep == 0 {
		r.keep = defaultKeepCalls
	}
	if o.Wait == 0 {
		o.Wait = defaultWait
	}
	if err := r.open(o.Wait); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Registry) open(wait time.Duration) error {
	abs, err := filepath.Abs(r.path)
	if err != nil {
		return err
	}
	r.path = abs
	// SQLite gives its other files the mode of this one.
	f, err := os.OpenFile(abs, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return r.fault("open", err)
	}
	r.file, err = f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return r.fault("open", err)
	}
	if r.write, err = sql.Open("sqlite", source(abs, wait, "immediate")); err != nil {
		return r.fault("open", err)
	}
	keepConnections(r.write, 1)
	if r.read, err = sql.Open("sqlite", source(abs, wait, "deferred")); err != nil {
		return r.fault("open", err)
	}
	keepConnections(r.read, readers)

	ctx := context.Background()
	if err := r.becomeWAL(ctx, wait); err != nil {
		return r.fault("open", err)
	}
	if err := r.migrate(ctx); err != nil {
		return err
	}
	return r.prepare(ctx)
}

// source is the data source name. NORMAL: a killed process loses nothing, a
// power cut at most the last changes, and neither damages the file.
func source(path string, wait time.Duration, lock string) string {
	slashed := filepath.ToSlash(path)
	if slashed[0] != '/' {
		slashed = "/" + slashed // C:/…
	}
	query := url.Values{
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()),
			"foreign_keys(1)",
			"synchronous(NORMAL)",
		},
		"_txlock": {lock},
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: query.Encode()}).String()
}

func keepConnections(db *sql.DB, n int) {
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
}

// becomeWAL switches the journal, which is remembered in the file. While
// another process does the same, or recovers after a crash, SQLite says busy
// at once.
func (r *Registry) becomeWAL(ctx context.Context, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		_, err := r.write.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		if err == nil || !busy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (r *Registry) prepare(ctx context.Context) error {
	for _, s := range []struct {
		to   **sql.Stmt
		db   *sql.DB
		text string
	}{
		{&r.callable, r.read, callableQuery},
		{&r.insertCall, r.write, insertCallQuery},
		{&r.pruneCalls, r.write, pruneCallsQuery},
	} {
		stmt, err := s.db.PrepareContext(ctx, s.text)
		if err != nil {
			return r.fault("open", err)
		}
		*s.to = stmt
	}
	return nil
}

// Close closes the database. What was reported as done is on disk.
func (r *Registry) Close() error {
	var errs []error
	for _, s := range []*sql.Stmt{r.callable, r.insertCall, r.pruneCalls} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	for _, db := range []*sql.DB{r.read, r.write} { // the writer last: it tidies up
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// change runs f in one immediate transaction: nobody writes between its first
// read and its last write. Where the file is not at its path any more it is
// Unavailable.
func (r *Registry) change(ctx context.Context, operation string, f func(tx *sql.Tx) error) error {
	if err := r.inPlace(operation); err != nil {
		return err
	}
	tx, err := r.write.BeginTx(ctx, nil)
	if err != nil {
		return r.fault(operation, err)
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return r.fault(operation, err)
	}
	return r.fault(operation, tx.Commit())
}

// inPlace refuses to write to a file that was deleted or replaced: nobody would
// find there what was written.
func (r *Registry) inPlace(operation string) error {
	now, err := os.Stat(r.path)
	what := "deleted"
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil || os.SameFile(now, r.file): // SQLite says what else is wrong
		return nil
	default:
		what = "replaced"
	}
	return fault.New(fault.Unavailable, "function database: %s: %s was %s while it was open", operation, r.path, what).
		WithHint("fn host stop")
}

// micro is how times are stored.
func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicro(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
