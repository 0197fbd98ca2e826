package images

import (
	"context"

	"github.com/docker/docker/api/types/mount"
	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/sdk"
)

// Packages installs what the code of a function requires, in a container of the
// image that it runs in, into a volume to be mounted at
// container.PackagesDir, read-only.
// It returns the volume's name; "" where the code requires nothing. Errors as of
// Specific.
func (s *Store) Packages(ctx context.Context, img Image, f sdk.Function, progress sdk.Progress) (string, error) {
	n, err := requirements.OfFunction(f)
	if err != nil || !n.Any() {
		return "", err
	}
	b := build{name: "fn-packages-" + s.key(n, img), base: img, needs: n, target: FunctionModules(n.Language)}
	b.mounts = []mount.Mount{writable(b.name, container.PackagesDir)}
	return b.name, s.once(ctx, b.name, progress, func() error {
		return s.install(ctx, b, progress, func(string) error { return nil })
	})
}
