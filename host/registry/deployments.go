package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/fnhost/fn/sdk/fault"
)

const deploymentQuery = "SELECT function, component, version, state, running, reason, location, workers, observed_at FROM deployments"

func scanDeployment(row scanner) (Deployment, error) {
	var d Deployment
	var observed int64
	var workers []byte
	err := row.Scan(&d.Function, &d.Component, &d.Version, &d.State, &d.Running, &d.Reason, &d.Location, &workers, &observed)
	d.ObservedAt = fromMicro(observed)
	if err == nil && len(workers) > 0 {
		err = json.Unmarshal(workers, &d.Workers)
	}
	return d, err
}

// workersText is how workers are kept.
func workersText(list []Worker) string {
	if len(list) == 0 {
		return ""
	}
	text, _ := json.Marshal(list) // of strings: it cannot fail
	return string(text)
}

// PutDeployment keeps the newest observation of a deployment in place of the
// one before. A function that does not exist is NotFound.
func (r *Registry) PutDeployment(ctx context.Context, d Deployment) error {
	return r.change(ctx, "put deployment", func(tx *sql.Tx) error {
		if _, err := current(tx, d.Function); err != nil {
			return orNoFunction(tx, d.Function, err)
		}
		_, err := tx.Exec(`INSERT INTO deployments (function, component, version, state, running, reason, location, workers, observed_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (function, component) DO UPDATE SET version = excluded.version, state = excluded.state, running = excluded.running,
				reason = excluded.reason, location = excluded.location, workers = excluded.workers, observed_at = excluded.observed_at`,
			d.Function, d.Component, d.Version, d.State, d.Running, d.Reason, d.Location, workersText(d.Workers), micro(d.ObservedAt))
		return err
	})
}

// Deployment is what is known of a function on a component, or NotFound.
func (r *Registry) Deployment(ctx context.Context, function, component string) (Deployment, error) {
	d, err := scanDeployment(r.read.QueryRowContext(ctx, deploymentQuery+" WHERE function = ? AND component = ?", function, component))
	if errors.Is(err, sql.ErrNoRows) {
		return Deployment{}, fault.New(fault.NotFound, "function %q is not deployed on %s", function, component).
			WithHint("fn deploy %s --on %s", function, component)
	}
	return d, r.fault("get deployment", err)
}

// Deployments are all deployments, by function and component; an empty name
// matches every one.
func (r *Registry) Deployments(ctx context.Context, function, component string) ([]Deployment, error) {
	rows, err := r.read.QueryContext(ctx, deploymentQuery+" WHERE ? IN (function, '') AND ? IN (component, '') ORDER BY function, component",
		function, component)
	if err != nil {
		return nil, r.fault("list deployments", err)
	}
	defer rows.Close()
	var list []Deployment
	for rows.Next() {
		d, err := scanDeployment(rows)
		if err != nil {
			return nil, r.fault("list deployments", err)
		}
		list = append(list, d)
	}
	return list, r.fault("list deployments", rows.Err())
}

// DeleteDeployment forgets a deployment; one that is not there is no error.
func (r *Registry) DeleteDeployment(ctx context.Context, function, component string) error {
	return r.change(ctx, "delete deployment", func(tx *sql.Tx) error {
		_, err := tx.Exec("DELETE FROM deployments WHERE function = ? AND component = ?", function, component)
		return err
	})
}
