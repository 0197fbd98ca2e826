package registry

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/fnhost/fn/sdk/fault"
)

// migrations lead from each version of the schema to the next; the database
// counts them in user_version. Never change one that was released.
func migrations() []string {
	return []string{`
CREATE TABLE functions (
	name       TEXT PRIMARY KEY,
	current    INTEGER NOT NULL,
	updated_at INTEGER NOT NULL -- times are microseconds since 1970
) STRICT, WITHOUT ROWID;

CREATE TABLE versions (
	function   TEXT NOT NULL REFERENCES functions ON DELETE CASCADE,
	version    INTEGER NOT NULL,
	runtime    TEXT NOT NULL,
	handler    TEXT NOT NULL,
	digest     TEXT NOT NULL,
	size       INTEGER NOT NULL,
	settings   TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (function, version)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER versions_never_change BEFORE UPDATE ON versions
BEGIN SELECT RAISE(ABORT, 'a version never changes'); END;

CREATE TABLE runtimes (
	name       TEXT PRIMARY KEY,
	language   TEXT NOT NULL,
	image      TEXT NOT NULL,
	base       TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE deployments (
	function    TEXT NOT NULL REFERENCES functions ON DELETE CASCADE,
	component   TEXT NOT NULL,
	version     INTEGER NOT NULL,
	state       TEXT NOT NULL,
	running     INTEGER NOT NULL,
	reason      TEXT NOT NULL,
	location    TEXT NOT NULL,
	observed_at INTEGER NOT NULL,
	PRIMARY KEY (function, component)
) STRICT, WITHOUT ROWID;

-- A call outlives its function; durations are microseconds.
CREATE TABLE calls (
	seq       INTEGER PRIMARY KEY,
	id        TEXT NOT NULL UNIQUE,
	time      INTEGER NOT NULL,
	function  TEXT NOT NULL,
	version   INTEGER NOT NULL,
	component TEXT NOT NULL,
	start     TEXT NOT NULL,
	outcome   TEXT NOT NULL,
	message   TEXT NOT NULL,
	queue     INTEGER NOT NULL,
	pool      INTEGER NOT NULL,
	inject    INTEGER NOT NULL,
	init      INTEGER NOT NULL,
	call      INTEGER NOT NULL,
	total     INTEGER NOT NULL
) STRICT;
CREATE INDEX calls_by_function ON calls (function, seq);
`, `
ALTER TABLE runtimes ADD COLUMN requirements TEXT NOT NULL DEFAULT ''; -- the text of the file
ALTER TABLE runtimes ADD COLUMN preload TEXT NOT NULL DEFAULT ''; -- names, separated by commas
`, `
ALTER TABLE versions ADD COLUMN image TEXT NOT NULL DEFAULT ''; -- in place of code: then digest and handler are empty
`, `
ALTER TABLE deployments ADD COLUMN workers TEXT NOT NULL DEFAULT ''; -- a JSON list, or empty
`}
}

// migrate brings the schema up to date; of several processes one does it.
func (r *Registry) migrate(ctx context.Context) error {
	steps := migrations()
	var have int
	if err := r.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return r.fault("open", err)
	}
	if have == len(steps) {
		return nil
	}
	return r.change(ctx, "migrate", func(tx *sql.Tx) error {
		var tables int
		if err := tx.QueryRow("PRAGMA user_version").Scan(&have); err != nil {
			return err
		}
		if err := tx.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
			return err
		}
		switch {
		case have > len(steps):
			return fault.New(fault.Conflict, "%s was written by a newer fn: its schema is %d, this fn knows %d", r.path, have, len(steps)).
				WithHint("use the newer fn, or another set of functions: FN_HOME=DIR")
		case have == 0 && tables > 0:
			return fault.New(fault.Conflict, "%s is the database of another program", r.path).
				WithHint("FN_HOME=DIR")
		}
		for _, step := range steps[have:] {
			if _, err := tx.Exec(step); err != nil {
				return err
			}
		}
		_, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", len(steps)))
		return err
	})
}
