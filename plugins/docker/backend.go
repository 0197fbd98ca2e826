package docker

import (
	"cmp"
	"context"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/sdk"
)

// backend is the component as the server of its functions sees it.
type backend struct{ c *Component }

var _ oneshot.Backend[container.Kind] = backend{}

// largeCode is the size, in bytes and packed, above which code lies in a volume ahead
// of calls. Sent with the call, on a busy machine, 5 MB took 0.3 s and 32 MB 0.9 s;
// placed, 5 ms whatever the size. But workers that have it serve no other function.
const largeCode = 4 << 20

// Check implements oneshot.Backend.
func (b backend) Check(f sdk.Function) error {
	if err := speaks(f.Runtime.Language); err != nil {
		return err
	}
	return b.c.cfg.DecodeOptions(f, &struct{}{})
}

func speaks(language string) error {
	if _, ok := defaultImages[language]; !ok {
		return sdk.Errorf(sdk.Unimplemented, "the language %q does not run here, only exec, node, provided and python", language)
	}
	return nil
}

// Prepare implements oneshot.Backend.
func (b backend) Prepare(ctx context.Context, f sdk.Function, r *record.Record, progress sdk.Progress) (container.Kind, error) {
	to, err := b.c.up(ctx)
	if err != nil {
		return container.Kind{}, err
	}
	kind, image, err := b.c.prepare(ctx, to, f, progress)
	if err != nil {
		return kind, err
	}
	if r.Images = []string{kind.Ref}; kind.Modules != "" {
		r.Images = append(r.Images, image.Ref)
	}
	if f.Image != "" {
		return kind, runnable(image)
	}
	kind.Packages, err = to.images.Packages(ctx, image, f, progress)
	if kind.Packages != "" {
		r.Modules, r.Interpreter = kind.Packages, kind.Image
	}
	if err == nil && f.Code.Size > largeCode {
		kind.Code, err = to.images.Code(ctx, image, f, progress)
		r.Placed = kind.Code
	}
	return kind, err
}

// Prepared implements oneshot.Backend.
func (b backend) Prepared(ctx context.Context, f sdk.Function, r record.Record) (container.Kind, error) {
	to, err := b.c.up(ctx)
	if err != nil {
		return container.Kind{}, err
	}
	kind, err := b.c.prepared(ctx, to, f)
	kind.Code = r.Placed
	if kind.Packages = r.Modules; err == nil && r.Modules != "" && r.Interpreter != kind.Image {
		err = sdk.Errorf(sdk.NotFound, "what %s requires is not installed for the image %s as it is now", f.Name, kind.Ref).WithHint("fn deploy %s", f.Name)
	}
	return kind, err
}

// Start implements oneshot.Backend.
func (b backend) Start(ctx context.Context, kind container.Kind) (oneshot.Worker, error) {
	to, err := b.c.up(ctx)
	if err != nil {
		return nil, err
	}
	for _, volume := range []string{kind.Packages, kind.Code} {
		if volume == "" {
			continue
		}
		// Else the engine would make an empty volume in its place.
		if there, err := to.images.HasVolume(ctx, volume); err != nil || !there {
			return nil, cmp.Or(err, error(sdk.Errorf(sdk.NotFound, "the volume %s of the function is gone", volume)))
		}
	}
	w, err := to.start(ctx, kind)
	if err != nil {
		return nil, lacking(err, kind)
	}
	return served{w, to}, nil
}

// PrepareRuntime has the image there with what the runtime requires, and workers
// of it wait.
func (c *Component) PrepareRuntime(ctx context.Context, r sdk.Runtime, progress sdk.Progress) error {
	if err := speaks(r.Language); err != nil {
		return err
	}
	to, err := c.up(ctx)
	if err != nil {
		return err
	}
	f := sdk.Function{Runtime: r, Network: sdk.NetworkOn, Memory: usualMemory}
	kind, _, err := c.prepare(ctx, to, f, progress)
	if err == nil {
		c.server.Expect(kind, r)
	}
	return err
}

// Deploy makes the function known.
func (c *Component) Deploy(ctx context.Context, f sdk.Function, progress sdk.Progress) (location string, err error) {
	if err := c.server.Deploy(ctx, f, progress); err != nil {
		return "", err
	}
	to, err := c.up(ctx)
	if err != nil {
		return "", err
	}
	return "the engine at " + to.engine.Place.Host, nil
}
