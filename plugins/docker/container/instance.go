package container

import (
	"context"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// grace is how long a container may take to end itself once its stream is
// closed, and the engine to remove it then.
const grace = 3 * time.Second

// An instance is a container that was created.
type instance struct {
	id     string
	name   string
	engine *engine.Engine
	life   *life
	watch  *watch
}

// attach gives up when the context is over, which the engine's client does not.
func (i instance) attach(ctx context.Context) (*attached, error) {
	type answer struct {
		stream types.HijackedResponse
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		stream, err := i.engine.ContainerAttach(ctx, i.id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
		answers <- answer{stream, err}
	}()
	select {
	case a := <-answers:
		if a.err != nil {
			return nil, fmt.Errorf("attaching to the container: %w", i.engine.Explain(a.err))
		}
		return &attached{HijackedResponse: a.stream}, nil
	case <-ctx.Done():
		go func() {
			if a := <-answers; a.err == nil {
				a.stream.Close()
			}
		}()
		return nil, fmt.Errorf("attaching to the container: %w", ctx.Err())
	}
}

// remove returns when the engine has removed the container, at most some seconds
// later, and tells whether it has. One that ends by itself, because its stream is
// closed, is removed by force only if that takes long. An engine that does not
// answer is to remove it when it does again.
func (i instance) remove(ends bool) (gone bool) {
	defer i.watch.forget(i.id)
	if i.watch.down() == nil && ends && within(i.life.gone, grace) {
		return true
	}
	if i.watch.down() != nil {
		i.watch.doom(i.name)
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), cleanUp)
	defer cancel()
	err := i.engine.ContainerRemove(ctx, i.id, container.RemoveOptions{Force: true, RemoveVolumes: true})
	switch {
	case errdefs.IsNotFound(err):
		return true
	case err == nil, errdefs.IsConflict(err): // it is going
		return within(i.life.gone, grace)
	}
	i.watch.missed(err)
	i.watch.doom(i.name)
	return false
}

func within(done <-chan struct{}, limit time.Duration) bool {
	select {
	case <-done:
		return true
	default:
	}
	if limit <= 0 {
		return false
	}
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-done:
		return true
	case <-late.C:
		return false
	}
}
