package docker

import (
	"cmp"
	"context"
	"strings"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/plugins/docker/images"
	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
)

// scratch is what Dockerfiles call the image that holds nothing; no engine has it.
const scratch = "scratch"

// usualMemory, in bytes, is that of functions that do not say.
const usualMemory = 256 << 20

// prepare returns the kind of worker that serves a function, but for what its own
// code requires, and its image. It does all that the runtime needs which was not
// done before.
func (c *Component) prepare(ctx context.Context, to *linked, f sdk.Function, progress sdk.Progress) (container.Kind, images.Image, error) {
	kind := c.kind(f)
	image, err := to.resolve(ctx, kind.Ref, progress)
	if err != nil {
		return kind, image, err
	}
	base := image.ID
	if image, err = to.images.Specific(ctx, image, f.Runtime, progress); err != nil {
		return kind, image, err
	}
	if kind = in(kind, image); image.ID != base {
		kind.Modules = images.RuntimeModules(f.Runtime.Language)
	}
	return kind, image, c.prove(ctx, to, f, kind, progress)
}

// prepared is prepare for a runtime that was prepared: the engine is only asked for
// an image that is not known yet.
func (c *Component) prepared(ctx context.Context, to *linked, f sdk.Function) (container.Kind, error) {
	kind := c.kind(f)
	image, err := to.image(ctx, kind.Ref, func(string, int64, int64, string) {})
	if err != nil {
		return kind, err
	}
	specific, found, err := to.images.FindSpecific(ctx, image, f.Runtime)
	if err != nil {
		return kind, err
	}
	if !found {
		return kind, sdk.Errorf(sdk.NotFound, "what the runtime %s requires is not installed", f.Runtime.Name).WithHint("fn deploy %s", f.Name)
	}
	if kind = in(kind, specific); specific.ID != image.ID {
		kind.Modules = images.RuntimeModules(f.Runtime.Language)
	}
	return kind, nil
}

// in is the kind whose workers run in an image.
func in(kind container.Kind, image images.Image) container.Kind {
	kind.Image, kind.Volumes = image.ID, strings.Join(image.Volumes, ":")
	return kind
}

// image is resolve that asks the engine only for an image that is not known.
func (l *linked) image(ctx context.Context, ref string, progress sdk.Progress) (images.Image, error) {
	if known, ok := l.images.Known(ref); ok {
		return known, nil
	}
	return l.resolve(ctx, ref, progress)
}

// resolve returns the image of the engine that ref names now; it is pulled if it is
// missing.
func (l *linked) resolve(ctx context.Context, ref string, progress sdk.Progress) (images.Image, error) {
	if ref == program.ImageRef {
		if _, err := program.Image(ctx, l.engine); err != nil {
			return images.Image{}, err
		}
	}
	return l.images.Resolve(ctx, ref, progress)
}

// runnable refuses an image that does not say what is to be run.
func runnable(image images.Image) error {
	if len(image.Entrypoint)+len(image.Cmd) > 0 {
		return nil
	}
	return sdk.Errorf(sdk.Invalid, "the image %s has neither an entry point nor a command", image.Ref)
}

// kind is the kind of worker that serves a function, but for its image and what
// that holds.
func (c *Component) kind(f sdk.Function) container.Kind {
	r := f.Runtime
	kind := container.Kind{
		Language: r.Language, Ref: cmp.Or(f.Image, r.Image, c.settings.Images[r.Language], program.ImageRef), Preload: strings.Join(r.Preload, ","),
		Memory: f.Memory, CPUs: f.CPUs, NoNetwork: f.Network == sdk.NetworkNone,
	}
	if kind.Ref == scratch {
		kind.Ref = program.ImageRef
	}
	if kind.CPUs == 0 {
		kind.CPUs = c.settings.CPUs
	}
	return kind
}

// prove starts a worker that imports what the runtime preloads, to see that this
// works, unless one has.
func (c *Component) prove(ctx context.Context, to *linked, f sdk.Function, kind container.Kind, progress sdk.Progress) error {
	proof := container.Kind{Image: kind.Image, Modules: kind.Modules, Preload: kind.Preload}
	if kind.Preload == "" {
		return nil
	}
	if _, done := to.proven.Load(proof); done {
		return nil
	}
	progress("importing "+kind.Preload, 0, 0, "")
	limited, cancel := context.WithTimeout(ctx, oneshot.StartLimit)
	defer cancel()
	w, err := to.launcher.Start(limited, kind)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return oneshot.NotImported(limited, f, lacking(err, kind))
	}
	w.Stop()
	to.proven.Store(proof, true)
	return nil
}
