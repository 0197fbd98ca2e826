package images

import (
	"context"
	"path/filepath"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/strslice"
	"github.com/fnhost/fn/oneshot/requirements"
	place "github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// layout is part of every name; it changes when the content would.
const layout = "1"

// repository is the name of the images made for runtimes.
const repository = "fn-runtime"

// runtimeDir is where an image made for a runtime has its packages.
const runtimeDir = "/fn-packages"

// RuntimeModules is the directory of modules in an image that Specific made.
func RuntimeModules(language string) string { return modules(runtimeDir, language) }

// FunctionModules is the directory of modules where a volume that Packages
// returned is mounted at container.PackagesDir.
func FunctionModules(language string) string { return modules(place.PackagesDir, language) }

// modules is a directory for packages; node's find each other only in one of
// that name.
func modules(dir, language string) string {
	if language == requirements.Node {
		return dir + "/" + requirements.Modules
	}
	return dir
}

// Specific returns the image of a runtime that requires packages: base with them
// installed at RuntimeModules, made when the engine has none. A runtime that
// requires nothing has base itself. Errors: Invalid (the installer refuses, the
// image has none), Unavailable (no engine, no network), ResourceExhausted (the
// engine's disk).
func (s *Store) Specific(ctx context.Context, base Image, r sdk.Runtime, progress sdk.Progress) (Image, error) {
	if img, found, err := s.FindSpecific(ctx, base, r); found || err != nil {
		return img, err
	}
	n, ref, err := s.specific(base, r)
	if err != nil {
		return Image{}, err
	}
	parsed, err := parse(ref)
	if err != nil {
		return Image{}, err
	}
	name := repository + "-" + s.key(n, base)
	unlock, err := s.lock(ctx, name, progress)
	if err != nil {
		return Image{}, err
	}
	defer unlock()
	if img, found, err := s.inspect(ctx, parsed); found || err != nil {
		return img, err
	}
	if err := s.sweep(ctx, name); err != nil {
		return Image{}, err
	}
	b := build{name: name, base: base, needs: n, target: RuntimeModules(r.Language)}
	err = s.install(ctx, b, progress, func(made string) error {
		progress("making the image "+ref, 0, 0, "")
		return s.commit(ctx, made, base, ref)
	})
	if err != nil {
		return Image{}, err
	}
	img, found, err := s.inspect(ctx, parsed)
	if err == nil && !found { // removed meanwhile
		err = sdk.Errorf(sdk.NotFound, "the engine has no image %s", ref).WithHint("docker images")
	}
	return img, err
}

// FindSpecific is Specific that makes nothing.
func (s *Store) FindSpecific(ctx context.Context, base Image, r sdk.Runtime) (img Image, found bool, err error) {
	_, ref, err := s.specific(base, r)
	if err != nil || ref == "" {
		return base, err == nil, err
	}
	return s.Find(ctx, ref)
}

// specific is what a runtime requires and the name of its image; no name where
// it requires nothing.
func (s *Store) specific(base Image, r sdk.Runtime) (n requirements.Needs, ref string, err error) {
	n, err = requirements.OfRuntime(r)
	if err != nil || !n.Any() {
		return n, "", err
	}
	return n, repository + ":" + s.key(n, base), nil
}

// key is of all that decides what an installation becomes, and of the host.
func (s *Store) key(n requirements.Needs, base Image) string {
	return n.Key(layout, s.HostID, s.Component, base.ID, base.Platform)
}

// commit makes an image of what a container became, with the configuration of
// its base.
func (s *Store) commit(ctx context.Context, id string, base Image, ref string) error {
	labels := s.labels("runtime", labelRuntime, ref)
	labels[labelMakes], labels[labelProcess] = "", "" // those of the container, which else the image had
	_, err := s.Engine.ContainerCommit(ctx, id, container.CommitOptions{Reference: ref, Config: &container.Config{
		Entrypoint: append(strslice.StrSlice{}, base.Entrypoint...), Cmd: append(strslice.StrSlice{}, base.Cmd...),
		User: base.User, Labels: labels,
	}})
	return err
}

// sweepDirs removes the working directories of an installation that was killed.
func sweepDirs(dir, name string) error {
	left, err := filepath.Glob(filepath.Join(dir, ".work-"+name+"-*"))
	for _, one := range left {
		worker.RemoveAll(one)
	}
	return err
}
