package docker

import (
	"context"
	"errors"
	"slices"

	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
)

// Collect removes what killed processes of this component left on the engine, the
// volumes with packages of functions that are not here any more, and the worker
// programs of builds of before.
func (c *Component) Collect(ctx context.Context, progress sdk.Progress) (removed []string, err error) {
	const steps = 3
	progress("containers", 0, steps, "steps")
	to, err := c.up(ctx)
	if err != nil {
		return nil, err
	}
	removed, err = to.launcher.Collect(ctx, c.room.Has)
	progress("packages", 1, steps, "steps")
	packages, packagesErr := c.collectPackages(ctx, to)
	progress("programs", 2, steps, "steps")
	programs, programsErr := c.collectPrograms(ctx, to)
	return slices.Concat(removed, packages, programs), errors.Join(err, packagesErr, programsErr)
}

// collectPackages removes the volumes that no record names.
func (c *Component) collectPackages(ctx context.Context, to *linked) (removed []string, err error) {
	records, err := c.server.Records()
	if err != nil { // which packages are in use is not known
		return nil, err
	}
	used := map[string]bool{}
	for _, r := range records {
		used[r.Modules] = true
	}
	unused, err := to.images.UnusedPackages(ctx, func(volume string) bool { return used[volume] })
	for _, volume := range unused {
		switch removeErr := to.images.RemovePackages(ctx, volume); {
		case removeErr == nil:
			removed = append(removed, "volume "+volume+" with packages of no function")
		case sdk.KindOf(removeErr) != sdk.Conflict: // else a worker still has it
			err = errors.Join(err, removeErr)
		}
	}
	return removed, err
}

func (c *Component) collectPrograms(ctx context.Context, to *linked) (removed []string, err error) {
	volume, err := c.programs(ctx, to.engine)
	if err != nil {
		return nil, err
	}
	volumes, err := program.Collect(ctx, to.engine, volume)
	for _, name := range volumes {
		removed = append(removed, "volume "+name+" with worker programs of another build")
	}
	return removed, to.engine.Explain(err)
}
