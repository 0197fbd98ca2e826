package serve

import (
	"bytes"
	"encoding/binary"
	"io"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// probeEvery is how often a caller whose event nobody reads is asked whether
// it still lives: what it sent stands before the end of its stream.
const probeEvery = 250 * time.Millisecond

// incoming is the caller's half of one call.
type incoming struct {
	request api.RunRequest
	event   io.Reader
	pipe    *io.PipeReader // what of the event came after the call; nil: it came with it
	feed    *io.PipeWriter
}

// stop makes whatever still reads or feeds the event end.
func (in *incoming) stop() {
	if in.pipe != nil {
		in.pipe.Close()
	}
}

// read takes the caller's frames until the connection ends or speaks out of
// turn. A close before the end of a call cancels it. It holds one frame at most:
// the connection's own buffers are the only others.
func (c *connection) read() {
	var open *incoming // its event has not ended
	err := c.readFrames(&open)
	if open != nil {
		open.feed.CloseWithError(err)
	}
	c.cancel(err)
	close(c.calls)
}

func (c *connection) readFrames(open **incoming) error {
	for expected := byte(api.FrameCall); ; {
		kind, payload, err := c.frames.Read()
		switch {
		case err != nil:
			return callerGone()
		case kind == api.FrameEvent && *open != nil:
			if len(payload) > 0 {
				c.feedProbing((*open).feed, payload)
				continue
			}
			(*open).feed.Close()
			*open = nil
		case kind == expected && *open == nil:
			in, err := c.accept(kind, payload)
			if err == nil {
				err = c.begin(in)
			}
			if err != nil {
				return fault.New(fault.Invalid, "frame: %w", err).In("host", runName)
			}
			if in.feed != nil {
				*open = in
			}
			select {
			case c.calls <- in:
			default:
				return unexpected(kind)
			}
			expected = api.FrameNext
		default:
			return unexpected(kind)
		}
	}
}

func unexpected(kind byte) error {
	return fault.New(fault.Invalid, "unexpected frame %q", kind).In("host", runName)
}

// begin gives a call its event: what of it came together with the call is in
// memory, and only the rest needs a reader and a writer at once.
func (c *connection) begin(in *incoming) error {
	var head []byte
	for c.hasEventFrame() {
		_, payload, err := c.frames.Read()
		if err != nil {
			return err
		}
		if len(payload) == 0 {
			in.event = bytes.NewReader(head)
			return nil
		}
		head = append(head, payload...)
	}
	in.pipe, in.feed = io.Pipe()
	in.event = in.pipe
	if len(head) > 0 {
		in.event = io.MultiReader(bytes.NewReader(head), in.pipe)
	}
	return nil
}

// hasEventFrame tells whether the next frame is one of the event, and here.
func (c *connection) hasEventFrame() bool {
	const header = 5
	have := c.in.Buffered()
	if have < header {
		return false
	}
	b, err := c.in.Peek(header)
	return err == nil && b[0] == api.FrameEvent && have-header >= int(binary.BigEndian.Uint32(b[1:]))
}

// feedProbing hands payload to the reader of the event, or drops it where there
// is none any more. While that takes long, empty notes are sent: they fail when
// the caller has gone.
func (c *connection) feedProbing(feed *io.PipeWriter, payload []byte) {
	taken := make(chan struct{})
	probe := time.AfterFunc(probeEvery, func() {
		ticker := time.NewTicker(probeEvery)
		defer ticker.Stop()
		for c.out.Write(api.FrameNote, nil) == nil {
			select {
			case <-taken:
				return
			case <-ticker.C:
			}
		}
		c.cancel(callerGone())
		feed.CloseWithError(callerGone())
	})
	feed.Write(payload) //nolint:errcheck // it fails when nobody reads it any more
	close(taken)
	probe.Stop()
}
