package program

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// filled is a volume and the container that keeps it.
type filled struct {
	e      *engine.Engine
	volume string
	id     string // of the container; may be empty
}

func volumeName() string { return "fn-worker-" + strings.ToLower(rand.Text()) }

// fill writes the programs and reads them back.
func (f filled) fill(ctx context.Context, wanted programs) error {
	if err := f.write(ctx, wanted); err != nil {
		return fmt.Errorf("filling the volume of the worker programs: %w", err)
	}
	written, _, err := f.e.CopyFromContainer(ctx, f.id, Dir)
	if err != nil {
		return fmt.Errorf("reading the volume of the worker programs: %w", err)
	}
	defer written.Close()
	if err := wanted.compare(written); err != nil {
		return fmt.Errorf("the volume of the worker programs: %w", err)
	}
	return nil
}

func (f filled) write(ctx context.Context, wanted programs) error {
	packed, err := wanted.pack()
	if err != nil {
		return err
	}
	return f.e.CopyToContainer(ctx, f.id, Dir, packed, container.CopyToContainerOptions{})
}

// whole looks at the programs without reading them.
func (f filled) whole(ctx context.Context, wanted programs) bool {
	for _, w := range wanted.files {
		stat, err := f.e.ContainerStatPath(ctx, f.id, Dir+"/"+w.name)
		if err != nil || stat.Size != int64(len(w.content)) || stat.Mode.Perm() != mode {
			return false
		}
	}
	return true
}

// remove removes both. A volume that a worker has mounted stays.
func (f filled) remove(ctx context.Context) {
	if f.id != "" {
		f.e.ContainerRemove(ctx, f.id, container.RemoveOptions{Force: true}) //nolint:errcheck // its labels are found again
	}
	f.e.VolumeRemove(ctx, f.volume, false) //nolint:errcheck // likewise
}
