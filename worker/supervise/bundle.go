package supervise

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/code"
	"github.com/fnhost/fn/worker/frame"
)

// inMemory is how much packed code is kept in memory, in bytes; more goes to a
// file. Most functions are far smaller, and a file costs them a tenth of a
// millisecond on the path of their call.
const inMemory = 1 << 20

// A bundle is the packed code as it arrived. close it in any case.
type bundle struct {
	size   int64
	digest string   // "sha256:hex"
	memory []byte   // all of it, unless there is a file
	file   *os.File // without a name
}

// receiveCode takes the code off the stream; what is not small goes into a file
// at path.
func receiveCode(in *frame.Reader, path string) (*bundle, error) {
	b := &bundle{}
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
		if err := b.append(payload, path); err != nil {
			return b, code.Storing(err)
		}
	}
}

func (b *bundle) append(payload []byte, path string) (err error) {
	if b.file == nil && b.size <= inMemory {
		b.memory = append(b.memory, payload...)
		return nil
	}
	if b.file == nil {
		if b.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
			return err
		}
		if err := os.Remove(path); err != nil {
			return err
		}
		payload = append(b.memory, payload...)
		b.memory = nil
	}
	_, err = b.file.Write(payload)
	return err
}

// content is the bundle's bytes.
func (b *bundle) content() io.ReaderAt {
	if b.file != nil {
		return b.file
	}
	return bytes.NewReader(b.memory)
}

func (b *bundle) close() {
	b.memory = nil
	if b.file != nil {
		b.file.Close()
	}
}

// unpack fills the empty directory dir with what is in the bundle.
func (b *bundle) unpack(dir string) error {
	_, err := code.Unpack(b.content(), b.size, dir, worker.MaxCodeBytes)
	return err
}
