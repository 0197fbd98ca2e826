package images

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/volume"
	"github.com/fnhost/fn/sdk"
)

// Unused lists the images made for runtimes of this component that keep does not
// want. Of them it knows ID, Ref, Size and when they were made. Images that somebody
// made from one of these have its labels, but not its name.
func (s *Store) Unused(ctx context.Context, keep func(Image) bool) ([]Image, error) {
	found, err := s.Engine.ImageList(ctx, image.ListOptions{Filters: s.made(labelRuntime)})
	if err != nil {
		return nil, s.Engine.Explain(err)
	}
	var unused []Image
	for _, one := range found {
		named := slices.IndexFunc(one.RepoTags, func(tag string) bool { return isNamed(tag, one.Labels[labelRuntime]) })
		if named < 0 {
			continue
		}
		img := Image{ID: one.ID, Ref: one.RepoTags[named], Size: one.Size, Made: time.Unix(one.Created, 0)}
		if !keep(img) {
			unused = append(unused, img)
		}
	}
	return unused, nil
}

// isNamed tells whether a tag is the name that an image was made under; Podman
// puts a host before it.
func isNamed(tag, name string) bool { return tag == name || strings.HasSuffix(tag, "/"+name) }

// Remove removes an image that Unused listed. It is no error that there is none.
// Errors: Conflict (a container has it).
func (s *Store) Remove(ctx context.Context, img Image) error {
	_, err := s.Engine.ImageRemove(ctx, img.Ref, image.RemoveOptions{})
	switch {
	case errdefs.IsConflict(err):
		return sdk.Errorf(sdk.Conflict, "the image %s is in use", img.Ref).WithHint("docker ps -a --filter ancestor=%s", img.Ref)
	case err != nil && !errdefs.IsNotFound(err):
		return s.Engine.Explain(err)
	}
	s.Forget(img.ID)
	return nil
}

// UnusedPackages lists the volumes with packages of functions of this component
// that keep does not want. RemoveVolume removes one.
func (s *Store) UnusedPackages(ctx context.Context, keep func(volume string) bool) ([]string, error) {
	found, err := s.Engine.VolumeList(ctx, volume.ListOptions{Filters: s.made(labelPackages)})
	if err != nil {
		return nil, s.Engine.Explain(err)
	}
	var unused []string
	for _, one := range found.Volumes {
		if !keep(one.Name) {
			unused = append(unused, one.Name)
		}
	}
	return unused, nil
}

// made finds what this component made under a label.
func (s *Store) made(label string) filters.Args {
	return filters.NewArgs(filters.Arg("label", labelHost+"="+s.HostID),
		filters.Arg("label", labelComponent+"="+s.Component), filters.Arg("label", label))
}
