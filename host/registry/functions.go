package registry

import (
	"context"
	"database/sql"
	"errors"

	"github.com/fnhost/fn/sdk/fault"
)

// CreateFunction makes a function with v as its version 1. A name that is
// taken is a Conflict. Of v the caller gives all but the numbers and times.
func (r *Registry) CreateFunction(ctx context.Context, v Version) (Version, error) {
	err := r.change(ctx, "create", func(tx *sql.Tx) error {
		if _, err := current(tx, v.Function); err == nil {
			return fault.New(fault.Conflict, "there is a function %q already", v.Function).
				WithHint("fn update %s", v.Function)
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return r.add(tx, &v)
	})
	return v, err
}

// AddVersion makes v the next version of a function and its current one. Base
// is the current version that v was made from; if it is not that any more, the
// error is a Conflict with cause ErrStale.
func (r *Registry) AddVersion(ctx context.Context, v Version, base int) (Version, error) {
	err := r.change(ctx, "update", func(tx *sql.Tx) error {
		now, err := current(tx, v.Function)
		if err != nil {
			return orNoFunction(tx, v.Function, err)
		}
		if now.Version != base {
			return stale(v.Function)
		}
		return r.add(tx, &v)
	})
	return v, err
}

// Apply makes v the current version unless the current one is the same. Base
// is as in AddVersion; 0 means that there was no function.
func (r *Registry) Apply(ctx context.Context, v Version, base int) (Version, Change, error) {
	change := Updated
	err := r.change(ctx, "apply", func(tx *sql.Tx) error {
		now, err := current(tx, v.Function)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			if base != 0 {
				return stale(v.Function) // deleted meanwhile
			}
			change = Created
		case err != nil:
			return err
		case now.same(v):
			change, v = Unchanged, now
			return nil
		case now.Version != base:
			return stale(v.Function)
		}
		return r.add(tx, &v)
	})
	return v, change, err
}

func stale(function string) error {
	return fault.New(fault.Conflict, "function %q: %w", function, ErrStale).WithHint("try again")
}

// add inserts v as the newest version and makes it the current one.
func (r *Registry) add(tx *sql.Tx, v *Version) error {
	if err := r.needRuntime(tx, v.Runtime); err != nil {
		return err
	}
	err := tx.QueryRow("SELECT coalesce(max(version), 0) + 1 FROM versions WHERE function = ?", v.Function).Scan(&v.Version)
	if err != nil {
		return err
	}
	if v.Settings == nil {
		v.Settings = []byte("{}")
	}
	now := micro(r.now())
	v.CreatedAt, v.UpdatedAt, v.Current = fromMicro(now), fromMicro(now), true
	if err := r.setCurrent(tx, v.Function, v.Version, now); err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO versions (function, version, runtime, handler, digest, size, image, settings, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		v.Function, v.Version, v.Runtime, v.Handler, v.Digest, v.Size, v.Image, string(v.Settings), now)
	return err
}

func (r *Registry) setCurrent(tx *sql.Tx, function string, version int, now int64) error {
	_, err := tx.Exec(`INSERT INTO functions (name, current, updated_at) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET current = excluded.current, updated_at = excluded.updated_at`,
		function, version, now)
	return err
}

// Rollback makes an older version the current one; version 0 means the newest
// that is older than the current one.
func (r *Registry) Rollback(ctx context.Context, function string, version int) (Version, error) {
	var v Version
	err := r.change(ctx, "rollback", func(tx *sql.Tx) error {
		now, err := current(tx, function)
		if err != nil {
			return orNoFunction(tx, function, err)
		}
		if version == 0 {
			v, err = scanVersion(tx.QueryRow(versionQuery+" WHERE v.function = ? AND v.version < ? ORDER BY v.version DESC LIMIT 1", function, now.Version))
			if errors.Is(err, sql.ErrNoRows) {
				return fault.New(fault.Conflict, "function %q has no version before %d", function, now.Version).
					WithHint("fn versions %s", function)
			}
		} else {
			v, err = scanVersion(tx.QueryRow(versionQuery+" WHERE v.function = ? AND v.version = ?", function, version))
			err = orNoVersion(tx, function, version, err)
		}
		if err != nil || v.Current {
			return err
		}
		at := micro(r.now())
		v.Current, v.UpdatedAt = true, fromMicro(at)
		return r.setCurrent(tx, function, v.Version, at)
	})
	return v, err
}

// Delete forgets a function, its versions and its deployments. The records of
// its calls stay. One that is not there is NotFound.
func (r *Registry) Delete(ctx context.Context, function string) error {
	return r.change(ctx, "delete", func(tx *sql.Tx) error {
		result, err := tx.Exec("DELETE FROM functions WHERE name = ?", function)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return orNoFunction(tx, function, sql.ErrNoRows)
	})
}

// querier is a database or a transaction.
type querier interface {
	Query(query string, args ...any) (*sql.Rows, error)
}

// orNoFunction turns "no rows" into NotFound, with the name that was meant.
func orNoFunction(q querier, function string, err error) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	known, err := column(q, "SELECT name FROM functions")
	if err != nil {
		return err
	}
	e := fault.New(fault.NotFound, "there is no function %q", function)
	if near := fault.Nearest(function, known); near != "" {
		return fault.New(fault.NotFound, "there is no function %q; did you mean %q?", function, near).WithHint("fn list")
	}
	return e.WithHint("fn list")
}

// column is a query's only column.
func column(q querier, query string, args ...any) ([]string, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var values []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		values = append(values, s)
	}
	return values, rows.Err()
}
