package docker

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/plugins/docker/images"
	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
)

// Collect removes what killed processes of this component left on the engine, the
// volumes with packages of functions that are not here any more, the images made for
// runtimes that are not there any more, and the worker programs of builds of before.
func (c *Component) Collect(ctx context.Context, runtimes []sdk.Runtime, progress sdk.Progress) (removed []string, err error) {
	const steps = 4
	progress("containers", 0, steps, "steps")
	to, err := c.up(ctx)
	if err != nil {
		return nil, err
	}
	removed, err = to.launcher.Collect(ctx, c.room.Has)
	progress("packages", 1, steps, "steps")
	packages, packagesErr := c.collectPackages(ctx, to)
	progress("images", 2, steps, "steps")
	made, imagesErr := c.collectImages(ctx, to, runtimes)
	to.images.RemoveLocks()
	progress("programs", 3, steps, "steps")
	programs, programsErr := c.collectPrograms(ctx, to)
	return slices.Concat(removed, packages, made, programs), errors.Join(err, packagesErr, imagesErr, programsErr)
}

// collectPackages removes the volumes that no record names.
func (c *Component) collectPackages(ctx context.Context, to *linked) (removed []string, err error) {
	records, err := c.server.Records()
	if err != nil { // which packages are in use is not known
		return nil, err
	}
	used := map[string]bool{}
	for _, r := range records {
		used[r.Modules], used[r.Placed] = true, true
	}
	unused, err := to.images.UnusedPackages(ctx, func(volume string) bool { return used[volume] })
	for _, volume := range unused {
		switch removeErr := to.images.RemoveVolume(ctx, volume); {
		case removeErr == nil:
			removed = append(removed, "volume "+volume+" with packages or code of no function")
		case sdk.KindOf(removeErr) != sdk.Conflict: // else a worker still has it
			err = errors.Join(err, removeErr)
		}
	}
	return removed, err
}

// keepImages is how long an image made for a runtime stays in any case: the runtime
// is there only after its image.
const keepImages = time.Hour

// collectImages removes the images that no runtime has.
func (c *Component) collectImages(ctx context.Context, to *linked, runtimes []sdk.Runtime) (removed []string, err error) {
	used, known := c.imagesOf(ctx, to, runtimes)
	if !known {
		return nil, nil
	}
	unused, err := to.images.Unused(ctx, func(i images.Image) bool { return used[i.ID] || c.Now().Sub(i.Made) < keepImages })
	for _, i := range unused {
		switch removeErr := to.images.Remove(ctx, i); {
		case removeErr == nil:
			removed = append(removed, "image "+i.Ref+" with packages of no runtime")
		case sdk.KindOf(removeErr) != sdk.Conflict: // else a worker still has it
			err = errors.Join(err, removeErr)
		}
	}
	return removed, err
}

// imagesOf is the IDs of the images made for runtimes. They are not known where the
// host tells of no runtimes, or where the engine has not what one is made from.
func (c *Component) imagesOf(ctx context.Context, to *linked, runtimes []sdk.Runtime) (used map[string]bool, known bool) {
	used = map[string]bool{}
	for _, r := range runtimes {
		if needs, err := requirements.OfRuntime(r); err != nil || !needs.Any() {
			continue // it has none
		}
		base, found, err := to.images.Find(ctx, c.kind(sdk.Function{Runtime: r}).Ref)
		if err != nil || !found {
			return nil, false
		}
		image, _, err := to.images.FindSpecific(ctx, base, r)
		if err != nil {
			return nil, false
		}
		used[image.ID] = true
	}
	return used, len(runtimes) > 0
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
