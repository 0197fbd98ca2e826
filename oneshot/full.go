package oneshot

import (
	"errors"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

// leastWritable is the room, in bytes, below which a disk counts as full: the
// next file may not fit.
const leastWritable = 64 << 10

// beforeCall marks a failure before the call, in which its event has no part.
func beforeCall(err error) error {
	e := fault.From(err)
	if e == nil {
		return nil
	}
	marked := *e
	marked.Lasting = true
	return &marked
}

// onFullDisk tells a failure for want of disk from one that merely looks like a
// defect of the worker, and says where the room is missing.
func (s *Server[K]) onFullDisk(err error) error {
	var e *sdk.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case sdk.ResourceExhausted, sdk.Unavailable, sdk.Internal:
	default:
		return err
	}
	dir := s.cfg.ScratchDir
	if free, statErr := FreeBytes(dir); statErr != nil || free >= leastWritable {
		return err
	}
	full := *e
	full.Kind, full.Lasting = sdk.ResourceExhausted, true
	return full.WithHint("df -h %s", dir)
}
