package container

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// networks are those that workers are on: none, or a bridge of this host's own,
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

// name is of the host, whose processes share the bridge.
func (n *networks) name() string { return "fn-" + n.owner.Host }

func (n *networks) make(ctx context.Context) error {
	_, err := n.engine.NetworkInspect(ctx, n.name(), network.InspectOptions{})
	if !errdefs.IsNotFound(err) {
		return err
	}
	_, err = n.engine.NetworkCreate(ctx, n.name(), network.CreateOptions{
		Driver: network.NetworkBridge, Labels: n.owner.Lasting("network"),
		Options: map[string]string{"com.docker.network.bridge.enable_icc": "false"},
	})
	if errdefs.IsConflict(err) { // another process was quicker
		return nil
	}
	return err
}

// close removes the bridge, also that of a process that was killed.
func (n *networks) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanUp)
	defer cancel()
	_, err := n.remove(ctx)
	return err
}

// collect is close for a process that goes on: a bridge that it uses stays.
func (n *networks) collect(ctx context.Context) (removed []string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.made {
		return nil, nil
	}
	return n.remove(ctx)
}

// remove removes the bridge unless a container is on it. Another process of the
// host that wants it makes it again.
func (n *networks) remove(ctx context.Context) (removed []string, err error) {
	list, err := n.engine.NetworkList(ctx, network.ListOptions{Filters: filters.NewArgs(
		filters.Arg("label", labelHost+"="+n.owner.Host), filters.Arg("label", labelRole+"=network"))})
	if err != nil {
		return nil, n.engine.Explain(err)
	}
	for _, one := range list {
		removeErr := n.engine.NetworkRemove(ctx, one.ID)
		switch {
		case removeErr == nil:
			removed = append(removed, "network "+one.Name)
		case errdefs.IsNotFound(removeErr), errdefs.IsPermissionDenied(removeErr), errdefs.IsConflict(removeErr): // gone, or in use
		default:
			err = errors.Join(err, n.engine.Explain(removeErr))
		}
	}
	return removed, err
}
