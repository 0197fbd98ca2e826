package registry

import (
	"context"
	"database/sql"
	"time"

	"github.com/fnhost/fn/sdk"
)

// SetState changes the state of one deployment, observed at that time. One
// that is not known stays so.
func (r *Registry) SetState(ctx context.Context, function, component, state string, at time.Time) error {
	return r.change(ctx, "set state", func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE deployments SET state = ?, running = 0, reason = '', observed_at = ? WHERE function = ? AND component = ?",
			state, micro(at), function, component)
		return err
	})
}

// SetUnknown marks every deployment on a component as unknown since at, for a
// reason.
func (r *Registry) SetUnknown(ctx context.Context, component, reason string, at time.Time) error {
	return r.change(ctx, "set unknown", func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE deployments SET state = ?, running = 0, reason = ?, workers = '', observed_at = ? WHERE component = ?",
			string(sdk.StateUnknown), reason, micro(at), component)
		return err
	})
}

// EndRuns notes that nothing runs any more of what was running at a time, on one
// component or, without a name, on all of them: the process that ran it has ended.
func (r *Registry) EndRuns(ctx context.Context, component string, at time.Time) error {
	return r.change(ctx, "end runs", func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE deployments SET state = iif(state = ?, ?, state), running = 0, workers = '', observed_at = ?
			WHERE ? IN (component, '') AND (running > 0 OR workers <> '') AND observed_at <= ?`,
			string(sdk.StateRunning), string(sdk.StateDeployed), micro(at), component, micro(at))
		return err
	})
}

// Observe keeps all that a component said of its functions at a time in place of
// what was known of it before: what it does not name is forgotten, but for deploys
// that failed, and functions that the registry does not have are left out. A location that it does not repeat
// stays. Where ObservedAt is zero it is at.
func (r *Registry) Observe(ctx context.Context, component string, seen []Deployment, at time.Time) error {
	return r.change(ctx, "observe", func(tx *sql.Tx) error {
		known, err := column(tx, "SELECT function FROM deployments WHERE component = ? AND observed_at <= ? AND state <> ?",
			component, micro(at), string(sdk.StateFailed))
		if err != nil {
			return err
		}
		gone := map[string]bool{}
		for _, function := range known {
			gone[function] = true
		}
		for _, d := range seen {
			delete(gone, d.Function)
			d.Component = component
			if d.ObservedAt.IsZero() {
				d.ObservedAt = at
			}
			if err := observe(tx, d, at); err != nil {
				return err
			}
		}
		for function := range gone {
			if _, err := tx.Exec("DELETE FROM deployments WHERE function = ? AND component = ?", function, component); err != nil {
				return err
			}
		}
		return nil
	})
}

// observe is PutDeployment for a function that may not exist and an
// observation that need not have a location.
func observe(tx *sql.Tx, d Deployment, at time.Time) error {
	_, err := tx.Exec(`INSERT INTO deployments (function, component, version, state, running, reason, location, workers, observed_at)
		SELECT name, ?, ?, ?, ?, ?, ?, ?, ? FROM functions WHERE name = ?
		ON CONFLICT (function, component) DO UPDATE SET version = excluded.version, state = excluded.state, running = excluded.running,
			reason = excluded.reason, location = coalesce(nullif(excluded.location, ''), location), workers = excluded.workers,
			observed_at = excluded.observed_at
		WHERE observed_at <= ?`,
		d.Component, d.Version, d.State, d.Running, d.Reason, d.Location, workersText(d.Workers), micro(d.ObservedAt), d.Function, micro(at))
	return err
}
