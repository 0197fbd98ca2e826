package local

import (
	"errors"

	"github.com/fnhost/fn/sdk"
)

// leastWritable is the room, in bytes, below which a disk counts as full: the
// next file may not fit.
const leastWritable = 64 << 10

// onFullDisk tells a failure for want of disk from one that merely looks like a
// defect of the worker, and says where the room is missing.
func (c *Component) onFullDisk(err error) error {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case sdk.ResourceExhausted, sdk.Unavailable, sdk.Internal:
	default:
		return err
	}
	dir := c.cfg.ScratchDir
	if free, statErr := freeBytes(dir); statErr != nil || free >= leastWritable {
		return err
	}
	full := *e
	full.Kind = sdk.ResourceExhausted
	return full.WithHint("df -h %s", dir)
}
