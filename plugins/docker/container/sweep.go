package container

import (
	"context"
	"errors"
	"fmt"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// Sweep removes the containers and bridges that processes of the same component
// have left behind, and tells in words what it removed. present tells which processes
// there are.
func Sweep(ctx context.Context, e *engine.Engine, owner Owner, present func(process string) bool) (removed []string, err error) {
	dead := func(process string) bool { return process != owner.Process && !present(process) }
	containers, err := remove(ctx, e, owner.component(), dead)
	networks, networkErr := removeNetworks(ctx, e, owner.component(), dead)
	return append(containers, networks...), errors.Join(err, networkErr)
}

// remove removes the selected containers of processes that are not wanted.
func remove(ctx context.Context, e *engine.Engine, selected filters.Args, unwanted func(process string) bool) (removed []string, err error) {
	list, err := e.ContainerList(ctx, container.ListOptions{All: true, Filters: selected})
	if err != nil {
		return nil, e.Explain(err)
	}
	for _, c := range list {
		if !unwanted(c.Labels[labelProcess]) {
			continue
		}
		removeErr := e.ContainerRemove(ctx, c.ID, container.RemoveOptions{Force: true, RemoveVolumes: true})
		switch {
		case removeErr == nil:
			removed = append(removed, fmt.Sprintf("container %.12s (%s)", c.ID, c.Labels[labelRole]))
		case errdefs.IsNotFound(removeErr), errdefs.IsConflict(removeErr): // it is going
		default:
			err = errors.Join(err, e.Explain(removeErr))
		}
	}
	return removed, err
}
