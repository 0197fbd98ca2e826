package registry

import (
	"context"
	"database/sql"
)

const callableQuery = `SELECT v.function, v.version, v.runtime, v.handler, v.digest, v.size, v.image, v.settings, v.created_at, f.updated_at,
	r.language, r.image, r.base, r.created_at, r.requirements, r.preload,
	d.component, d.version, d.state, d.running, d.reason, d.location, d.observed_at
	FROM functions f
	JOIN versions v ON v.function = f.name AND v.version = f.current
	LEFT JOIN runtimes r ON r.name = v.runtime
	LEFT JOIN deployments d ON d.function = f.name
	WHERE f.name = ? ORDER BY d.component`

// Callable is the current version of a function with its runtime and its
// deployments, or NotFound: one look for the path of a call.
func (r *Registry) Callable(ctx context.Context, function string) (Callable, error) {
	rows, err := r.callable.QueryContext(ctx, function)
	if err != nil {
		return Callable{}, r.fault("get", err)
	}
	defer rows.Close()
	var c Callable
	found := false
	for rows.Next() {
		found = true
		if err := c.scan(rows); err != nil {
			return Callable{}, r.fault("get", err)
		}
	}
	if err := rows.Err(); err != nil {
		return Callable{}, r.fault("get", err)
	}
	if !found {
		return Callable{}, r.fault("get", orNoFunction(r.read, function, sql.ErrNoRows))
	}
	return c, nil
}

// scan takes one row: the function, and one of its deployments or none.
func (c *Callable) scan(rows *sql.Rows) error {
	var (
		v                                            = &c.Version
		settings                                     string
		created, updated                             int64
		language, image, base, requirements, preload sql.NullString
		runtimeCreated                               sql.NullInt64
		component, state, reason, location           sql.NullString
		deployedVersion, deployedRunning, deployedAt sql.NullInt64
	)
	err := rows.Scan(&v.Function, &v.Version, &v.Runtime, &v.Handler, &v.Digest, &v.Size, &v.Image, &settings, &created, &updated,
		&language, &image, &base, &runtimeCreated, &requirements, &preload,
		&component, &deployedVersion, &state, &deployedRunning, &reason, &location, &deployedAt)
	if err != nil {
		return err
	}
	v.Settings, v.CreatedAt, v.UpdatedAt, v.Current = []byte(settings), fromMicro(created), fromMicro(updated), true
	if builtin, ok := builtinRuntime(v.Runtime); ok {
		c.Runtime = builtin
	} else {
		c.Runtime = Runtime{
			Name: v.Runtime, Language: language.String, Image: image.String, From: base.String, CreatedAt: fromMicro(runtimeCreated.Int64),
			Requirements: requirements.String, Preload: preloads(preload.String),
		}
	}
	if component.Valid {
		c.Deployments = append(c.Deployments, Deployment{
			Function: v.Function, Component: component.String, Version: int(deployedVersion.Int64),
			State: state.String, Running: int(deployedRunning.Int64), Reason: reason.String,
			Location: location.String, ObservedAt: fromMicro(deployedAt.Int64),
		})
	}
	return nil
}
