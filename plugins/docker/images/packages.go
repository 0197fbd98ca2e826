package images

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/volume"
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
	name := "fn-packages-" + s.key(n, img)
	if ready, err := s.HasPackages(ctx, name); ready || err != nil {
		return name, err
	}
	unlock, err := s.lock(ctx, name, progress)
	if err != nil {
		return "", err
	}
	defer unlock()
	if ready, err := s.HasPackages(ctx, name); ready || err != nil {
		return name, err
	}
	if err := s.fill(ctx, name, img, n, progress); err != nil {
		return "", err
	}
	return name, nil
}

// fill makes a volume. One that is there was not completed, or an engine made it
// for a container that named it.
func (s *Store) fill(ctx context.Context, name string, img Image, n requirements.Needs, progress sdk.Progress) error {
	b := build{
		name: name, base: img, needs: n, target: FunctionModules(n.Language),
		mounts: []mount.Mount{{Type: mount.TypeVolume, Source: name, Target: container.PackagesDir, VolumeOptions: &mount.VolumeOptions{NoCopy: true}}},
	}
	if err := s.sweep(ctx, name); err != nil {
		return err
	}
	if err := s.RemovePackages(ctx, name); err != nil {
		return err
	}
	labels := s.labels("packages", labelPackages, name)
	labels[labelMade] = rand.Text()
	if _, err := s.Engine.VolumeCreate(ctx, volume.CreateOptions{Name: name, Labels: labels}); err != nil {
		return s.explainBuild(ctx, b, err)
	}
	err := s.install(ctx, b, progress, func(string) error {
		return os.WriteFile(s.marker(name, labels[labelMade]), nil, 0o600)
	})
	if err != nil {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeLimit)
		defer cancel()
		_ = s.RemovePackages(cleanup, name) // what stays is found by its labels later
	}
	return err
}

// marker is the file which tells that a volume was completed. An engine cannot:
// what it knows of a volume is settled when that is made.
func (s *Store) marker(name, made string) string {
	return filepath.Join(s.StateDir, name+"."+made)
}

// HasPackages tells whether a volume that Packages returned is still there and
// whole.
func (s *Store) HasPackages(ctx context.Context, name string) (bool, error) {
	found, err := s.Engine.VolumeInspect(ctx, name)
	if errdefs.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, s.Engine.Explain(err)
	}
	made := found.Labels[labelMade]
	_, err = os.Stat(s.marker(name, made))
	return made != "" && err == nil, nil
}

// RemovePackages removes a volume that Packages returned. It is no error that
// there is none. Errors: Conflict (a container has it).
func (s *Store) RemovePackages(ctx context.Context, name string) error {
	found, err := s.Engine.VolumeInspect(ctx, name)
	if err == nil {
		err = s.Engine.VolumeRemove(ctx, name, false)
	}
	switch {
	case errdefs.IsNotFound(err):
		return nil
	case errdefs.IsConflict(err):
		return sdk.Errorf(sdk.Conflict, "the volume %s is in use", name).WithHint("docker ps -a --filter volume=%s", name)
	case err != nil:
		return s.Engine.Explain(err)
	}
	_ = os.Remove(s.marker(name, found.Labels[labelMade])) // of no volume, it says nothing
	return nil
}
