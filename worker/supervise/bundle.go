package supervise

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"syscall"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

// A bundle is the packed code as it arrived.
type bundle struct {
	path   string
	size   int64
	digest string // "sha256:hex"
}

// receiveCode takes the code off the stream into the file at path.
func receiveCode(in *frame.Reader, path string) (bundle, error) {
	b := bundle{path: path}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return b, storing(err)
	}
	defer file.Close()
	hash := sha256.New()
	for {
		kind, payload, err := in.Next()
		switch {
		case err != nil:
			return b, err
		case kind == frame.CodeEnd:
			b.digest = "sha256:" + hex.EncodeToString(hash.Sum(nil))
			return b, nil
		case kind != frame.Code:
			return b, failed(worker.Invalid, "%s in place of %s", kind, frame.Code)
		}
		hash.Write(payload)
		if b.size += int64(len(payload)); b.size > worker.MaxCodeBytes {
			return b, failed(worker.ResourceExhausted, "the packed code is larger than %d MiB", worker.MaxCodeBytes>>20)
		}
		if _, err := file.Write(payload); err != nil {
			return b, storing(err)
		}
	}
}

// storing explains why the worker's directory could not be written.
func storing(err error) error {
	kind := worker.Internal
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		kind = worker.ResourceExhausted
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		kind = worker.Invalid
	}
	return failed(kind, "storing the code: %v", err)
}
