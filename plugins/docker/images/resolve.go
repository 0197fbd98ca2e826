package images

import (
	"context"

	"github.com/fnhost/fn/sdk"
)

// Resolve returns the image that ref names: "python:3.13-slim", "HOST/NAME:TAG",
// "NAME@sha256:DIGEST" or the ID of an image. The engine is asked whatever is known,
// for the name may have gone to another image. What it has is taken as it is,
// anything else pulled. Errors: Invalid (no such reference, another
// platform), NotFound, PermissionDenied (the registry wants other credentials),
// Unavailable (no engine, no registry), ResourceExhausted (the engine's disk).
func (s *Store) Resolve(ctx context.Context, ref string, progress sdk.Progress) (Image, error) {
	r, err := parse(ref)
	if err != nil {
		return Image{}, err
	}
	if img, found, err := s.inspect(ctx, r); found || err != nil {
		return img, err
	}
	return s.fetch(ctx, r, progress)
}

// Find is Resolve that pulls nothing, and asks the engine only where memory cannot
// tell.
func (s *Store) Find(ctx context.Context, ref string) (img Image, found bool, err error) {
	if img, ok := s.Known(ref); ok {
		return img, true, nil
	}
	r, err := parse(ref)
	if err != nil {
		return Image{}, false, err
	}
	return s.inspect(ctx, r)
}

// Refresh is Resolve after a pull, which may bring a newer image of that name.
// An image that no registry has stays as it is.
func (s *Store) Refresh(ctx context.Context, ref string, progress sdk.Progress) (Image, error) {
	r, err := parse(ref)
	if err != nil {
		return Image{}, err
	}
	local, found, err := s.inspect(ctx, r)
	if err != nil && sdk.KindOf(err) != sdk.Invalid { // of another platform: a pull may bring the right one
		return Image{}, err
	}
	if found && (r.host == "" || local.Digest == "") {
		return local, nil
	}
	img, err := s.fetch(ctx, r, progress)
	if found && sdk.KindOf(err) == sdk.NotFound {
		return local, nil
	}
	return img, err
}

// fetch pulls an image and looks at it.
func (s *Store) fetch(ctx context.Context, r reference, progress sdk.Progress) (Image, error) {
	missing := sdk.Errorf(sdk.NotFound, "the engine has no image %s", r.written).WithHint("docker images")
	if r.host == "" {
		return Image{}, missing
	}
	if err := s.pull(ctx, r, progress); err != nil {
		return Image{}, err
	}
	s.Forget(r.written)
	img, found, err := s.inspect(ctx, r)
	if err == nil && !found { // removed meanwhile
		err = missing
	}
	return img, err
}
