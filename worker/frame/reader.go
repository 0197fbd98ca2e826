package frame

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// bufferBytes holds a frame of 64 KiB, the usual chunk, and most of the next.
const bufferBytes = 128 << 10

// firstBytes is enough for a conversation of small messages.
const firstBytes = 4 << 10

// A Reader takes frames off a stream. It is not safe for concurrent use.
type Reader struct {
	src        io.Reader
	buf        []byte
	start, end int // buf[start:end] is read but not yet returned
}

// NewReader returns a Reader of src. It reads ahead: nobody else may read src.
func NewReader(src io.Reader) *Reader { return &Reader{src: src} }

// Next returns the next frame. The payload is valid until the next call of
// Next. The error is io.EOF when the stream ended between two frames.
func (r *Reader) Next() (Type, []byte, error) {
	if err := r.fill(headerBytes); err != nil {
		return 0, nil, err
	}
	kind := Type(r.buf[r.start])
	size := binary.BigEndian.Uint32(r.buf[r.start+1:])
	if !kind.known() {
		return 0, nil, fmt.Errorf("%w %d", ErrUnknown, byte(kind))
	}
	if size > MaxPayload {
		return 0, nil, fmt.Errorf("%w: %s of %d bytes, at most %d", ErrTooLarge, kind, size, MaxPayload)
	}
	whole := headerBytes + int(size)
	if err := r.fill(whole); err != nil {
		return 0, nil, err
	}
	payload := r.buf[r.start+headerBytes : r.start+whole : r.start+whole]
	r.start += whole
	return kind, payload, nil
}

// fill reads until n bytes are buffered.
func (r *Reader) fill(n int) error {
	r.makeRoom(n)
	for empty := 0; r.end-r.start < n; {
		got, err := r.src.Read(r.buf[r.end:])
		r.end += got
		switch {
		case r.end-r.start >= n:
			return nil
		case errors.Is(err, io.EOF) && r.end == r.start:
			return io.EOF
		case errors.Is(err, io.EOF):
			return ErrTruncated
		case err != nil:
			return err
		case got == 0:
			if empty++; empty == 100 {
				return io.ErrNoProgress
			}
		}
	}
	return nil
}

// makeRoom sees to it that n bytes from start on fit into the buffer.
func (r *Reader) makeRoom(n int) {
	if r.start == r.end {
		r.start, r.end = 0, 0
	}
	if r.start+n <= len(r.buf) {
		return
	}
	into := r.buf
	switch {
	case n <= len(into):
	case len(into) == 0 && n <= firstBytes:
		into = make([]byte, firstBytes)
	default:
		into = make([]byte, max(n, bufferBytes))
	}
	r.end = copy(into, r.buf[r.start:r.end])
	r.buf, r.start = into, 0
}
