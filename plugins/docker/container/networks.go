package container

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// networks are those that workers are on: none, or a bridge of this process's own,
// on which they do not reach each other.
type networks struct {
	engine *engine.Engine
	owner  Owner

	mu   sync.Mutex
	made bool
}

// mode returns what a container is put on.
func (n *networks) mode(ctx context.Context, none bool) (container.NetworkMode, error) {
	if none {
		return network.NetworkNone, nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.made {
		if err := n.make(ctx); err != nil {
			return "", fmt.Errorf("making the functions' network: %w", n.engine.Explain(err))
		}
		n.made = true
	}
	return container.NetworkMode(n.name()), nil
}

// forget has the bridge looked for again.
func (n *networks) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.made = false
}

// name is of this process alone: an engine lets two of them make bridges of one
// name at the same moment, and then finds neither.
func (n *networks) name() string { return "fn-" + n.owner.Host + "-" + n.owner.Process }

// linger is how long a bridge is still waited for when nobody wants it any more: the
// engine goes on to make it, and close is to find it. It takes 0.1 to 0.5 s.
const linger = 2 * time.Second

func (n *networks) make(ctx context.Context) error {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(linger, cancel) })()
	ctx = longer
	_, err := n.engine.NetworkInspect(ctx, n.name(), network.InspectOptions{})
	if !errdefs.IsNotFound(err) {
		return err
	}
	_, err = n.engine.NetworkCreate(ctx, n.name(), network.CreateOptions{
		Driver: network.NetworkBridge, Labels: n.owner.Labels("network"),
		Options: map[string]string{"com.docker.network.bridge.enable_icc": "false"},
	})
	return err
}

// close removes the bridge. No container may be on it.
func (n *networks) close() error {
	n.mu.Lock() // one that is being made is waited for
	defer n.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), cleanUp)
	defer cancel()
	_, err := removeNetworks(ctx, n.engine, n.owner.mine(), func(string) bool { return true })
	return err
}

// removeNetworks removes the selected bridges of processes that are not wanted,
// unless a container is on them.
func removeNetworks(ctx context.Context, e *engine.Engine, selected filters.Args, unwanted func(process string) bool) (removed []string, err error) {
	selected.Add("label", labelRole+"=network")
	list, err := e.NetworkList(ctx, network.ListOptions{Filters: selected})
	if err != nil {
		return nil, e.Explain(err)
	}
	for _, one := range list {
		if !unwanted(one.Labels[labelProcess]) {
			continue
		}
		removeErr := e.NetworkRemove(ctx, one.ID)
		switch {
		case removeErr == nil:
			removed = append(removed, "network "+one.Name)
		case errdefs.IsNotFound(removeErr), errdefs.IsPermissionDenied(removeErr), errdefs.IsConflict(removeErr): // gone, or in use
		default:
			err = errors.Join(err, e.Explain(removeErr))
		}
	}
	return removed, err
}
