package docker

import (
	"context"

	"github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/sdk"
)

// start starts a worker. An image that was removed is looked for once more.
func (l *linked) start(ctx context.Context, kind container.Kind) (*container.Worker, error) {
	w, err := l.launcher.Start(ctx, kind)
	if !container.NoImage(err) {
		return w, err
	}
	l.images.Forget(kind.Image)
	if kind.Modules != "" {
		return nil, sdk.Errorf(sdk.NotFound, "the image of %s with the packages of the runtime is gone", kind.Ref).WithHint("fn deploy")
	}
	image, err := l.image(ctx, kind.Ref, func(string, int64, int64, string) {})
	if err != nil {
		return nil, err
	}
	return l.launcher.Start(ctx, in(kind, image))
}
