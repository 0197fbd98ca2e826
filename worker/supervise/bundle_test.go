package supervise

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

func TestRemoveAllDespiteModes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "w")
	for _, sub := range []string{"a/b/c", "d"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	os.Chmod(filepath.Join(dir, "a/b"), 0o500)
	os.Chmod(filepath.Join(dir, "a"), 0)
	if err := worker.RemoveAll(dir); err != nil {
		t.Error(err)
	}
}

// Code that is not small waits in a file, which has no name any more.
func TestReceiveLargeCode(t *testing.T) {
	for _, size := range []int{0, inMemory, inMemory + 1, 3*inMemory + 5} {
		var sent bytes.Buffer
		out := frame.NewWriter(&sent)
		code := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		for chunk := range slices.Chunk(code, worker.ChunkBytes) {
			out.Write(frame.Code, chunk)
		}
		out.Write(frame.CodeEnd)
		dir := t.TempDir()
		b, err := receiveCode(frame.NewReader(&sent), filepath.Join(dir, "bundle"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(b.content(), 0, b.size))
		if err != nil || !bytes.Equal(got, code) || b.digest != fmt.Sprintf("sha256:%x", sha256.Sum256(code)) {
			t.Errorf("%d bytes came as %d, %v", size, len(got), err)
		}
		if (b.file != nil) != (size > inMemory) {
			t.Errorf("%d bytes: in a file %v", size, b.file != nil)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("%d bytes left %v", size, left)
		}
		b.close()
	}
}
