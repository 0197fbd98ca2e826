package serve

import (
	"context"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// output is the RunOutput of one call.
type output struct {
	ctx    context.Context
	frames *api.FrameWriter
}

func (o *output) Note(text string) { o.write(api.FrameNote, []byte(text)) } //nolint:errcheck // notes may be lost

func (o *output) Progress(p api.Progress) {
	if o.ctx.Err() == nil {
		o.frames.WriteJSON(api.FrameProgress, p) //nolint:errcheck // progress may be lost
	}
}

func (o *output) Log(stderr bool, p []byte) error {
	if stderr {
		return o.write(api.FrameStderr, p)
	}
	return o.write(api.FrameStdout, p)
}

func (o *output) Result(p []byte) error { return o.write(api.FrameResult, p) }

// write sends p in frames of at most api.ChunkSize.
func (o *output) write(kind byte, p []byte) error {
	for len(p) > 0 {
		if o.ctx.Err() != nil {
			return callerGone()
		}
		n := min(len(p), api.ChunkSize)
		if o.frames.Write(kind, p[:n]) != nil {
			return callerGone()
		}
		p = p[n:]
	}
	return nil
}

func (o *output) end(end api.RunEnd) {
	o.frames.WriteJSON(api.FrameEnd, end) //nolint:errcheck // the caller may be gone
}

func callerGone() error {
	return fault.New(fault.Canceled, "the caller has gone").In("host", runName)
}
