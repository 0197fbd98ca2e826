package images

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/pkg/stdcopy"
	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// removeLimit bounds the removal of what was made, also after a cancellation.
const removeLimit = 30 * time.Second

// build is one installation in a container of an image.
type build struct {
	name   string // of what it is to become
	base   Image
	needs  requirements.Needs
	target string        // the directory for the packages
	mounts []mount.Mount // where they are to stay, if not in the container's layer
}

// install runs the installer to its end and passes the container, stopped, to
// keep. Then it is removed.
func (s *Store) install(ctx context.Context, b build, progress sdk.Progress, keep func(container string) error) error {
	progress("starting a container of "+b.base.Ref, 0, 0, "")
	ctx, cancel := context.WithTimeoutCause(ctx, requirements.InstallLimit,
		sdk.Errorf(sdk.Timeout, "installing %s took longer than %v", b.needs.File, requirements.InstallLimit))
	defer cancel()
	var err error
	for _, program := range b.programs() {
		err = s.installWith(ctx, b, program, progress, keep)
		if !notThere(err) {
			break
		}
	}
	return s.explainBuild(ctx, b, err)
}

// installWith is install with one way to start the installer.
func (s *Store) installWith(ctx context.Context, b build, program []string, progress sdk.Progress, keep func(container string) error) error {
	made, err := s.create(ctx, b, program)
	if err != nil {
		return err
	}
	defer s.discard(ctx, made)
	if err := s.furnish(ctx, made, b); err != nil {
		return err
	}
	status, log, err := s.run(ctx, made, b.step(), progress)
	if err != nil {
		return err
	}
	if err := b.ended(status, log); err != nil {
		return err
	}
	return keep(made)
}

// programs are the ways to start the installer, the usual one first.
func (b build) programs() [][]string {
	if b.needs.Language == requirements.Node {
		return [][]string{{"node", buildDir + "/install.js"}, {"nodejs", buildDir + "/install.js"}}
	}
	return [][]string{{"python3", "-I", buildDir + "/install.py"}, {"python", "-I", buildDir + "/install.py"}}
}

func (s *Store) create(ctx context.Context, b build, program []string) (id string, err error) {
	labels := s.labels("build", labelMakes, b.name)
	labels[labelProcess] = s.Process
	config := &container.Config{
		Image: b.base.ID, Entrypoint: program, User: "0", Labels: labels,
		AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true,
	}
	host := &container.HostConfig{
		LogConfig: container.LogConfig{Type: "none"}, SecurityOpt: []string{"no-new-privileges"},
		Mounts: append([]mount.Mount{{
			Type: mount.TypeVolume, Target: buildDir,
			VolumeOptions: &mount.VolumeOptions{NoCopy: true, Labels: labels},
		}}, b.mounts...),
	}
	answer, err := s.Engine.ContainerCreate(ctx, config, host, nil, nil, "")
	return answer.ID, err
}

// furnish copies what the installer needs into the container.
func (s *Store) furnish(ctx context.Context, id string, b build) error {
	dir, err := os.MkdirTemp(s.StateDir, ".work-"+b.name+"-")
	if err != nil {
		return err
	}
	defer worker.RemoveAll(dir)
	if err := s.workplace(dir, b.needs, b.target); err != nil {
		return err
	}
	packed, w := io.Pipe()
	defer packed.Close() // ends a writer that nobody reads
	go func() { w.CloseWithError(pack(w, dir)) }()
	return s.Engine.CopyToContainer(ctx, id, buildDir, packed, container.CopyToContainerOptions{})
}

// run starts the container, whose input stays open as long as this process is
// there, and waits for its end.
func (s *Store) run(ctx context.Context, id, step string, progress sdk.Progress) (status int64, log string, err error) {
	stream, err := s.Engine.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		return 0, "", err
	}
	defer stream.Close()
	ended, failed := s.Engine.ContainerWait(ctx, id, container.WaitConditionNextExit)
	if err := s.Engine.ContainerStart(ctx, id, container.StartOptions{}); err != nil {
		return 0, "", err
	}
	said := requirements.NewLog(progress, step)
	heard := listen(stream, said)
	defer func() { stream.Close(); <-heard }() // progress is not told after the end
	select {
	case answer := <-ended:
		if answer.Error != nil {
			return 0, "", errors.New(answer.Error.Message)
		}
		select {
		case <-heard:
		case <-ctx.Done():
		}
		return answer.StatusCode, said.String(), nil
	case err := <-failed:
		return 0, "", err
	}
}

// listen copies what a container prints; the end of that closes the channel.
func listen(stream types.HijackedResponse, to io.Writer) <-chan struct{} {
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		_, _ = stdcopy.StdCopy(to, to, stream.Reader)
	}()
	return heard
}

// sweep removes what is left of an installation that was killed.
func (s *Store) sweep(ctx context.Context, name string) error {
	left, err := s.Engine.ContainerList(ctx, container.ListOptions{All: true, Filters: filters.NewArgs(
		filters.Arg("label", labelHost+"="+s.HostID), filters.Arg("label", labelMakes+"="+name))})
	if err != nil {
		return s.Engine.Explain(err)
	}
	for _, c := range left {
		s.discard(ctx, c.ID)
	}
	return sweepDirs(s.StateDir, name)
}

// discard removes a container and the volume that it worked in. One that stays
// is found by its labels later.
func (s *Store) discard(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeLimit)
	defer cancel()
	_ = s.Engine.ContainerRemove(ctx, id, container.RemoveOptions{Force: true, RemoveVolumes: true})
}
