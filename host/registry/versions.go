package registry

import (
	"context"
	"database/sql"
	"errors"
)

const versionQuery = `SELECT v.function, v.version, v.runtime, v.handler, v.digest, v.size, v.image, v.settings, v.created_at,
	v.version = f.current, f.updated_at
	FROM versions v JOIN functions f ON f.name = v.function`

// scanner is one row.
type scanner interface{ Scan(dest ...any) error }

func scanVersion(row scanner) (Version, error) {
	var v Version
	var settings string
	var created, updated int64
	err := row.Scan(&v.Function, &v.Version, &v.Runtime, &v.Handler, &v.Digest, &v.Size, &v.Image, &settings, &created, &v.Current, &updated)
	v.Settings, v.CreatedAt, v.UpdatedAt = []byte(settings), fromMicro(created), fromMicro(updated)
	return v, err
}

// current is a function's current version; sql.ErrNoRows when there is none.
func current(tx *sql.Tx, function string) (Version, error) {
	return scanVersion(tx.QueryRow(versionQuery+" WHERE v.function = ? AND v.version = f.current", function))
}

// Get is the current version of a function, or NotFound.
func (r *Registry) Get(ctx context.Context, function string) (Version, error) {
	v, err := scanVersion(r.read.QueryRowContext(ctx, versionQuery+" WHERE v.function = ? AND v.version = f.current", function))
	if err != nil {
		return Version{}, r.fault("get", orNoFunction(r.read, function, err))
	}
	return v, nil
}

// GetVersion is one version of a function, or NotFound; version 0 is the
// current one.
func (r *Registry) GetVersion(ctx context.Context, function string, version int) (Version, error) {
	if version == 0 {
		return r.Get(ctx, function)
	}
	v, err := scanVersion(r.read.QueryRowContext(ctx, versionQuery+" WHERE v.function = ? AND v.version = ?", function, version))
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := r.Get(ctx, function); err != nil {
			return Version{}, err
		}
	}
	if err != nil {
		return Version{}, r.fault("get", orNoVersion(r.read, function, version, err))
	}
	return v, nil
}

// List is the current version of every function, by name.
func (r *Registry) List(ctx context.Context) ([]Version, error) {
	return r.versions(ctx, " WHERE v.version = f.current ORDER BY v.function")
}

// Versions are all versions of a function, newest first, or NotFound.
func (r *Registry) Versions(ctx context.Context, function string) ([]Version, error) {
	versions, err := r.versions(ctx, " WHERE v.function = ? ORDER BY v.version DESC", function)
	if err == nil && len(versions) == 0 {
		return nil, r.fault("versions", orNoFunction(r.read, function, sql.ErrNoRows))
	}
	return versions, err
}

func (r *Registry) versions(ctx context.Context, where string, args ...any) ([]Version, error) {
	rows, err := r.read.QueryContext(ctx, versionQuery+where, args...)
	if err != nil {
		return nil, r.fault("list", err)
	}
	defer rows.Close()
	var versions []Version
	for rows.Next() {
		v, err := scanVersion(rows)
		if err != nil {
			return nil, r.fault("list", err)
		}
		versions = append(versions, v)
	}
	return versions, r.fault("list", rows.Err())
}

// Digests are the digests of all bundles that some version needs; see
// Bundles.Sweep.
func (r *Registry) Digests(ctx context.Context) (map[string]bool, error) {
	list, err := column(r.read, "SELECT DISTINCT digest FROM versions WHERE digest <> ''")
	if err != nil {
		return nil, r.fault("digests", err)
	}
	digests := make(map[string]bool, len(list))
	for _, d := range list {
		digests[d] = true
	}
	return digests, nil
}
