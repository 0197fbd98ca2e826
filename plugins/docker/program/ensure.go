package program

import (
	"context"
	"maps"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/api/types/volume"
	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/sdk"
)

// Dir is where a worker's container has the programs.
const Dir = "/.fn"

// Mount is how a worker's container mounts a volume that Ensure returned.
func Mount(name string) mount.Mount {
	return mount.Mount{Type: mount.TypeVolume, Source: name, Target: Dir, ReadOnly: true, VolumeOptions: &mount.VolumeOptions{NoCopy: true}}
}

// Architecture is that of the engine's machine, as Go names it.
func Architecture(ctx context.Context, e *engine.Engine) (string, error) {
	version, err := e.ServerVersion(ctx)
	if err != nil {
		return "", e.Explain(err)
	}
	if version.Os != "linux" {
		return "", sdk.Errorf(sdk.Unavailable, "the engine runs containers of %s", version.Os).WithHint("switch it to Linux containers")
	}
	return version.Arch, nil
}

// Ensure returns the volume of the programs, from their names to their paths on
// this machine. Made and filled where it is not there, volume and keeper get the
// labels and Label. It takes 20 to 40 ms, and 250 the first time. The labels must not be of a host or
// a process, since what they name is shared.
func Ensure(ctx context.Context, e *engine.Engine, files, labels map[string]string) (string, error) {
	arch, err := Architecture(ctx, e)
	if err != nil {
		return "", err
	}
	wanted, err := read(files, arch)
	if err != nil {
		return "", err
	}
	labels = maps.Clone(labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels[Label] = wanted.digest
	name, err := ensure(ctx, e, wanted, arch, labels)
	return name, e.Explain(err)
}

func ensure(ctx context.Context, e *engine.Engine, wanted programs, arch string, labels map[string]string) (string, error) {
	if name, err := kept(ctx, e, wanted); err != nil || name != "" {
		return name, err
	}
	image, err := emptyImage(ctx, e, arch)
	if err != nil {
		return "", err
	}
	made, err := newVolume(ctx, e, image, labels)
	if err != nil {
		return "", err
	}
	err = made.fill(ctx, wanted)
	if err == nil {
		err = e.ContainerRename(ctx, made.id, keeperName(wanted))
	}
	if err == nil {
		return made.volume, nil
	}
	made.remove(context.WithoutCancel(ctx))
	if errdefs.IsConflict(err) { // somebody was faster
		if name, err := kept(ctx, e, wanted); err != nil || name != "" {
			return name, err
		}
	}
	return "", err
}

func keeperName(wanted programs) string { return "fn-worker-" + wanted.digest }

// kept returns the volume of the keeper; empty where there is none. One whose
// volume is not whole, as after a loss of power, is removed.
func kept(ctx context.Context, e *engine.Engine, wanted programs) (string, error) {
	keeper, err := e.ContainerInspect(ctx, keeperName(wanted))
	if errdefs.IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	k := filled{e: e, id: keeper.ID}
	for _, m := range keeper.Mounts {
		if m.Destination == Dir {
			k.volume = m.Name
		}
	}
	if k.volume != "" && k.whole(ctx, wanted) {
		return k.volume, ctx.Err()
	}
	if ctx.Err() == nil {
		k.remove(ctx)
	}
	return "", ctx.Err()
}

// newVolume makes a volume and a container that keeps it.
func newVolume(ctx context.Context, e *engine.Engine, image string, labels map[string]string) (filled, error) {
	f := filled{e: e}
	v, err := e.VolumeCreate(ctx, volume.CreateOptions{Name: volumeName(), Labels: labels})
	if err != nil {
		return f, err
	}
	f.volume = v.Name
	writable := Mount(v.Name)
	writable.ReadOnly = false
	c, err := e.ContainerCreate(ctx,
		&container.Config{Image: image, Labels: labels, NetworkDisabled: true},
		&container.HostConfig{Mounts: []mount.Mount{writable}, NetworkMode: "none"}, nil, nil, "")
	if err != nil {
		f.remove(context.WithoutCancel(ctx))
		return f, err
	}
	f.id = c.ID
	return f, nil
}
