package container

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/docker/docker/api/types"
)

// attached is the stream of a worker: writes go to its standard input, reads come
// from its standard output. What it says on its standard error is kept.
type attached struct {
	types.HijackedResponse
	left  int  // bytes of the piece being read
	other bool // the piece is of standard error

	mu        sync.Mutex
	complaint []byte
}

// mostComplaint bounds what is kept, in bytes: the end.
const mostComplaint = 4 << 10

// The engine sends pieces, each with a header of 8 bytes: the stream, three
// zeros, and the length.
const (
	headerBytes = 8
	fromStdout  = 1
	fromStderr  = 2
)

func (a *attached) Write(p []byte) (int, error) { return a.Conn.Write(p) }

func (a *attached) Close() error { return a.Conn.Close() }

func (a *attached) Read(p []byte) (int, error) {
	for a.left == 0 || a.other {
		if err := a.next(); err != nil {
			return 0, err
		}
	}
	n, err := a.Reader.Read(p[:min(len(p), a.left)])
	a.left -= n
	return n, cut(err)
}

// cut tells of a stream that ended within a piece.
func cut(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// next reads the header of the next piece, and all of one of standard error.
func (a *attached) next() error {
	var header [headerBytes]byte
	if _, err := io.ReadFull(a.Reader, header[:]); err != nil {
		return err
	}
	a.left, a.other = int(binary.BigEndian.Uint32(header[4:])), header[0] == fromStderr
	switch header[0] {
	case fromStdout:
		return nil
	case fromStderr:
		err := a.complain(a.left)
		a.left = 0
		return err
	}
	return fmt.Errorf("the engine sent a piece of stream %d", header[0])
}

func (a *attached) complain(n int) error {
	piece := make([]byte, min(n, mostComplaint))
	for n > 0 {
		read, err := a.Reader.Read(piece[:min(n, len(piece))])
		n -= read
		a.mu.Lock()
		a.complaint = append(a.complaint, piece[:read]...)
		a.complaint = a.complaint[max(0, len(a.complaint)-mostComplaint):]
		a.mu.Unlock()
		if err != nil {
			return cut(err)
		}
	}
	return nil
}

func (a *attached) said() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return string(a.complaint)
}
