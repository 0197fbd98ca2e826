package images

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/fnhost/fn/sdk"
)

// Image is an image that the engine has.
type Image struct {
	ID         string // "sha256:" and 64 hexadecimal digits
	Ref        string // as it was asked for
	Digest     string // of its manifest in the registry, "sha256:..."; "" where it has none
	Platform   string // "linux/amd64"
	Env        []string
	Entrypoint []string
	Cmd        []string
	User       string
	WorkingDir string
	Volumes    []string  // directories, sorted, that it wants volumes for
	Size       int64     // bytes
	Made       time.Time // of those that Unused lists
}

func made(r reference, found image.InspectResponse) Image {
	img := Image{
		ID: found.ID, Ref: r.written, Platform: found.Os + "/" + found.Architecture, Size: found.Size,
		Digest: digestOf(r, found.RepoDigests),
	}
	if c := found.Config; c != nil {
		img.Env, img.Entrypoint, img.Cmd = c.Env, c.Entrypoint, c.Cmd
		img.User, img.WorkingDir = c.User, c.WorkingDir
		img.Volumes = slices.Sorted(maps.Keys(c.Volumes))
	}
	return img
}

// digestOf is the digest in the repository that was asked for, or in any other.
func digestOf(r reference, repoDigests []string) (digest string) {
	for _, d := range repoDigests {
		repository, sum, ok := strings.Cut(d, "@")
		if parsed, err := parse(repository); ok && err == nil && parsed.name == r.name && r.name != "" {
			return sum
		}
		if digest == "" {
			digest = sum
		}
	}
	return digest
}

// inspect asks the engine for an image that it has.
func (s *Store) inspect(ctx context.Context, r reference) (img Image, found bool, err error) {
	since := s.forgotten()
	answer, err := s.Engine.ImageInspect(ctx, r.written)
	if errdefs.IsNotFound(err) {
		return Image{}, false, nil
	}
	if err != nil {
		return Image{}, false, s.Engine.Explain(err)
	}
	img = made(r, answer)
	platform, err := s.enginePlatform(ctx)
	if err != nil {
		return Image{}, false, err
	}
	if img.Platform != platform {
		return Image{}, false, sdk.Errorf(sdk.Invalid, "the image %s is for %s and the engine runs %s", r.written, img.Platform, platform).
			WithHint("docker pull --platform %s %s", platform, r.written)
	}
	s.remember(r, img, since)
	return img, true, nil
}
