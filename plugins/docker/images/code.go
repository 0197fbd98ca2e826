package images

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	place "github.com/fnhost/fn/plugins/docker/container"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/code"
)

// Code unpacks the code of a function into a volume, to be mounted at
// container.CodeDir, read-only, and returns its name; "" for code that cannot be
// unpacked, of which a worker says what is wrong. A container of the image helps:
// it is never started. Errors: Unavailable (no engine), ResourceExhausted (a disk).
func (s *Store) Code(ctx context.Context, img Image, f sdk.Function, progress sdk.Progress) (string, error) {
	dir, err := os.MkdirTemp(s.StateDir, ".work-code-")
	if err != nil {
		return "", sdk.Errorf(sdk.KindOf(err), "unpacking the code: %w", err).WithHint("ls -ld %s", s.StateDir)
	}
	defer worker.RemoveAll(dir)
	name := "fn-code-" + s.codeKey(f)
	failed := false
	err = s.once(ctx, name, progress, func() error {
		progress("unpacking", 0, 0, "")
		if err := unpack(f, dir); err != nil {
			failed = true
			return err
		}
		return s.unfilled(ctx, s.copyCode(ctx, img, name, dir))
	})
	if failed {
		return "", nil
	}
	return name, err
}

// codeKey is one of the code and the host's own. Two components of it have one each.
func (s *Store) codeKey(f sdk.Function) string {
	digest := strings.TrimPrefix(f.Code.Digest, "sha256:")
	return strings.Join([]string{s.HostID, s.Component, digest[:min(len(digest), 32)]}, "-")
}

func unpack(f sdk.Function, dir string) error {
	packed, err := os.Open(f.Code.Path)
	if err != nil {
		return err
	}
	defer packed.Close()
	info, err := packed.Stat()
	if err != nil {
		return err
	}
	_, err = code.Unpack(packed, info.Size(), dir, worker.MaxCodeBytes)
	return err
}

func (s *Store) copyCode(ctx context.Context, img Image, name, dir string) error {
	labels := s.labels("build", labelMakes, name)
	labels[labelProcess] = s.Process
	made, err := s.Engine.ContainerCreate(ctx,
		&container.Config{Image: img.ID, Entrypoint: []string{"none"}, Labels: labels, NetworkDisabled: true},
		&container.HostConfig{NetworkMode: "none", Mounts: []mount.Mount{writable(name, place.CodeDir)}}, nil, nil, "")
	if err != nil {
		return err
	}
	defer s.discard(ctx, made.ID)
	packed, w := io.Pipe()
	defer packed.Close() // ends a writer that nobody reads
	go func() { w.CloseWithError(pack(w, dir)) }()
	return s.Engine.CopyToContainer(ctx, made.ID, place.CodeDir, packed, container.CopyToContainerOptions{})
}
