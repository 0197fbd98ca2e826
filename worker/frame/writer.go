package frame

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

// A Writer puts frames on a stream, each by one Write. It is safe for
// concurrent use. After an error every later call returns the same error.
type Writer struct {
	mu  sync.Mutex
	dst io.Writer
	buf []byte
	err error
}

// NewWriter returns a Writer to dst.
func NewWriter(dst io.Writer) *Writer { return &Writer{dst: dst} }

// Write sends one frame whose payload is the parts, one after the other, and
// whatever was queued before it.
func (w *Writer) Write(kind Type, parts ...[]byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.append(kind, parts); err != nil {
		return err
	}
	return w.flush()
}

// Queue keeps one frame back, to travel with the next Write: two small frames
// then wake the other side once. What is queued is sent by itself as soon as it
// is larger than a usual chunk.
func (w *Writer) Queue(kind Type, parts ...[]byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.append(kind, parts); err != nil || len(w.buf) < bufferBytes/2 {
		return err
	}
	return w.flush()
}

func (w *Writer) append(kind Type, parts [][]byte) error {
	if w.err != nil {
		return w.err
	}
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	if !kind.known() {
		return fmt.Errorf("%w %d", ErrUnknown, byte(kind))
	}
	if size > MaxPayload {
		return fmt.Errorf("%w: %s of %d bytes, at most %d", ErrTooLarge, kind, size, MaxPayload)
	}
	w.buf = append(w.buf, byte(kind))
	w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(size))
	for _, part := range parts {
		w.buf = append(w.buf, part...)
	}
	return nil
}

func (w *Writer) flush() error {
	if w.err == nil {
		_, w.err = w.dst.Write(w.buf)
	}
	w.buf = w.buf[:0]
	return w.err
}
