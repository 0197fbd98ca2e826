package api

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"sync"
)

// After the upgrade, both sides of Run send frames: one byte of type, four of
// big-endian length, the payload. The caller sends one FrameCall, then the
// event in FrameEvent frames, an empty one ends it; its end of stream before
// FrameEnd cancels the call. The host sends FrameNote, FrameProgress, FrameStd*
// and FrameResult as things happen and one FrameEnd.
//
// Then the caller closes, or makes another call with FrameNext and its event.
// A host that is ending sends FrameEnding, whether or not there is a next call:
// it begins none any more on this connection.
const (
	FrameCall     = 'C' // Call with a RunRequest, JSON
	FrameNext     = 'A' // RunRequest, JSON: environment and directory are those of FrameCall
	FrameEvent    = 'E' // bytes of the event; empty: that was all
	FrameNote     = 'N' // a sentence for people; an empty one only asks whether the caller lives
	FrameProgress = 'P' // Progress, JSON: of what is done before the call
	FrameStdout   = 'O' // bytes the function printed
	FrameStderr   = 'L'
	FrameResult   = 'R' // bytes of the result
	FrameEnd      = 'X' // RunEnd, JSON; empty: a call that was to be brief succeeded
	FrameEnding   = 'D' // empty
)

// MaxFrame is the largest payload, 1 MiB, but for FrameCall with its
// environment: MaxCall, 8 MiB. Event and result travel in chunks of ChunkSize.
const (
	MaxFrame  = 1 << 20
	MaxCall   = 8 << 20
	ChunkSize = 64 << 10
)

const headerSize = 5

// FrameWriter writes frames; it may be used from several goroutines.
type FrameWriter struct {
	mu  sync.Mutex
	w   io.Writer
	buf []byte
}

// NewFrameWriter returns a writer of frames onto w.
func NewFrameWriter(w io.Writer) *FrameWriter { return &FrameWriter{w: w} }

// Write sends one frame with one write to the connection.
func (f *FrameWriter) Write(kind byte, payload []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buf = append(f.buf[:0], kind)
	f.buf = binary.BigEndian.AppendUint32(f.buf, uint32(len(payload)))
	f.buf = append(f.buf, payload...)
	_, err := f.w.Write(f.buf)
	return err
}

// WriteJSON sends v as one frame.
func (f *FrameWriter) WriteJSON(kind byte, v any) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return f.Write(kind, payload)
}

// FrameReader reads frames.
type FrameReader struct {
	r      io.Reader
	header [headerSize]byte
	buf    []byte
}

// NewFrameReader returns a reader of frames from r, which should be buffered.
func NewFrameReader(r io.Reader) *FrameReader { return &FrameReader{r: r} }

// Read returns the next frame; the payload is good until the next Read. The
// end of the stream between two frames is io.EOF, within one
// io.ErrUnexpectedEOF.
func (f *FrameReader) Read() (kind byte, payload []byte, err error) {
	if _, err := io.ReadFull(f.r, f.header[:]); err != nil {
		return 0, nil, err
	}
	kind = f.header[0]
	n := int(binary.BigEndian.Uint32(f.header[1:]))
	limit := MaxFrame
	if kind == FrameCall {
		limit = MaxCall
	}
	if n > limit {
		return 0, nil, fmt.Errorf("frame %q of %d bytes is over the limit of %d", kind, n, limit)
	}
	if n > cap(f.buf) {
		f.buf = make([]byte, n)
	}
	payload = f.buf[:n]
	if _, err := io.ReadFull(f.r, payload); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return 0, nil, err
	}
	return kind, payload, nil
}
