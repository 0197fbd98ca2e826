package images

import (
	"context"

	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/volume"
)

// Unused lists the images made for runtimes of this component that keep does not
// want. Of them it knows ID, Ref and Size.
func (s *Store) Unused(ctx context.Context, keep func(Image) bool) ([]Image, error) {
	found, err := s.Engine.ImageList(ctx, image.ListOptions{Filters: s.made(labelRuntime)})
	if err != nil {
		return nil, s.Engine.Explain(err)
	}
	var unused []Image
	for _, one := range found {
		img := Image{ID: one.ID, Size: one.Size}
		if len(one.RepoTags) > 0 {
			img.Ref = one.RepoTags[0]
		}
		if !keep(img) {
			unused = append(unused, img)
		}
	}
	return unused, nil
}

// UnusedPackages lists the volumes with packages of functions of this component
// that keep does not want. RemovePackages removes one.
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
