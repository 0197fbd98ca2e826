package registry

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

const pruneVersionsQuery = `DELETE FROM versions WHERE function = ?1 AND created_at < ?2
	AND version NOT IN (SELECT version FROM versions WHERE function = ?1 ORDER BY version DESC LIMIT ?3)
	AND version NOT IN (SELECT current FROM functions WHERE name = ?1)
	AND version NOT IN (SELECT version FROM deployments WHERE function = ?1)`

// PruneVersions forgets the old versions of a function and tells how many: all
// but the newest keep, those younger than age, the current one and those that
// are deployed. No number is ever used again: the newest is not forgotten.
func (r *Registry) PruneVersions(ctx context.Context, function string, keep int, age time.Duration) (removed int, err error) {
	err = r.change(ctx, "prune", func(tx *sql.Tx) error {
		result, err := tx.Exec(pruneVersionsQuery, function, micro(r.now().Add(-age)), max(keep, 1))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		removed = int(n)
		return err
	})
	return removed, err
}

// rower is a database or a transaction.
type rower interface {
	QueryRow(query string, args ...any) *sql.Row
}

// orNoVersion turns "no rows" into NotFound: there never was such a version, or
// it was forgotten.
func orNoVersion(q rower, function string, version int, err error) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	var newest int
	if err := q.QueryRow("SELECT coalesce(max(version), 0) FROM versions WHERE function = ?", function).Scan(&newest); err != nil {
		return err
	}
	e := fault.New(fault.NotFound, "function %q has no version %d", function, version)
	if version > 0 && version <= newest {
		e = fault.New(fault.NotFound, "version %d of function %q was removed when newer ones were made", version, function)
	}
	return e.WithHint("fn versions %s", function)
}
