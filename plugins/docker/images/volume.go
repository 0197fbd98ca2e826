package images

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/volume"
	"github.com/fnhost/fn/sdk"
)

// writable mounts a volume for who fills it.
func writable(volume, at string) mount.Mount {
	return mount.Mount{Type: mount.TypeVolume, Source: volume, Target: at, VolumeOptions: &mount.VolumeOptions{NoCopy: true}}
}

// once makes a volume that is not there yet: fill, which mounts it, puts into it
// what belongs there. One that is there and was not completed is made anew: its
// maker was killed, or an engine made it for a container that named it.
func (s *Store) once(ctx context.Context, name string, progress sdk.Progress, fill func() error) error {
	if ready, err := s.HasVolume(ctx, name); ready || err != nil {
		return err
	}
	unlock, err := s.lock(ctx, name, progress)
	if err != nil {
		return err
	}
	defer unlock()
	if ready, err := s.HasVolume(ctx, name); ready || err != nil {
		return err
	}
	if err := s.sweep(ctx, name); err != nil {
		return err
	}
	if err := s.RemoveVolume(ctx, name); err != nil {
		return err
	}
	labels := s.labels("packages", labelPackages, name)
	labels[labelMade] = rand.Text()
	if _, err := s.Engine.VolumeCreate(ctx, volume.CreateOptions{Name: name, Labels: labels}); err != nil {
		return s.unfilled(ctx, err)
	}
	if err = fill(); err == nil {
		err = os.WriteFile(s.marker(name, labels[labelMade]), nil, 0o600)
	}
	if err != nil {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeLimit)
		defer cancel()
		_ = s.RemoveVolume(cleanup, name) // what stays is found by its labels later
	}
	return err
}

// unfilled makes an error of one of the engine; nil stays nil.
func (s *Store) unfilled(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var known *sdk.Error
	explained := s.Engine.Explain(err)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(explained, &known):
		return explained
	case noSpace.MatchString(err.Error()):
		return sdk.Errorf(sdk.ResourceExhausted, "the engine has no space left on its disk: %w", err).WithHint("docker system df, then docker system prune")
	}
	return sdk.Errorf(sdk.Unavailable, "filling a volume: %w", err).WithHint("docker volume ls")
}

// marker is the file which tells that a volume was completed. An engine cannot:
// what it knows of a volume is settled when that is made.
func (s *Store) marker(name, made string) string {
	return filepath.Join(s.StateDir, name+"."+made)
}

// HasVolume tells whether a volume that Packages returned is still there and
// whole.
func (s *Store) HasVolume(ctx context.Context, name string) (bool, error) {
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

// RemoveVolume removes a volume that Packages or Code returned. It is no error that
// there is none. Errors: Conflict (a container has it).
func (s *Store) RemoveVolume(ctx context.Context, name string) error {
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
