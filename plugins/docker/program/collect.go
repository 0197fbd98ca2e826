package program

import (
	"context"
	"slices"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/volume"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// How old a volume without a worker is before it is thrown away. One that has
// its keeper's name may be that of a host of another build, which just has no
// worker now.
const (
	unfinished = time.Hour
	unused     = 7 * 24 * time.Hour
)

// Collect removes the volumes that no worker has, left by builds of before and
// by an Ensure that was killed, but for the one in use here. It returns their
// names.
func Collect(ctx context.Context, e *engine.Engine, inUse string) ([]string, error) {
	removed, err := collect(ctx, e, inUse, Label, map[bool]time.Duration{false: unfinished, true: unused})
	return removed, e.Explain(err)
}

// collect looks at the volumes with a label; ages are by whether they have a
// keeper of that name.
func collect(ctx context.Context, e *engine.Engine, inUse, label string, ages map[bool]time.Duration) (removed []string, err error) {
	volumes, err := e.VolumeList(ctx, volume.ListOptions{Filters: filters.NewArgs(filters.Arg("label", label))})
	if err != nil {
		return nil, err
	}
	for _, v := range volumes.Volumes {
		made, err := time.Parse(time.RFC3339, v.CreatedAt)
		if v.Name == inUse || err != nil {
			continue
		}
		users, err := e.ContainerList(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("volume", v.Name))})
		if err != nil {
			return removed, err
		}
		if slices.ContainsFunc(users, isWorker) || time.Since(made) < ages[slices.ContainsFunc(users, isNamed)] {
			continue
		}
		for _, keeper := range users {
			filled{e: e, id: keeper.ID, volume: v.Name}.remove(ctx)
		}
		switch err := e.VolumeRemove(ctx, v.Name, false); {
		case err == nil, errdefs.IsNotFound(err):
			removed = append(removed, v.Name)
		case !errdefs.IsConflict(err): // else a worker took it meanwhile
			return removed, err
		}
	}
	return removed, nil
}

// isWorker tells workers from keepers. Those of our image have its label.
func isWorker(c container.Summary) bool { return c.Labels[Label] == "" || c.Labels[Label] == none }

func isNamed(c container.Summary) bool {
	return slices.Contains(c.Names, "/fn-worker-"+c.Labels[Label])
}
