package enginetest

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"strings"

	"github.com/docker/docker/api/types/image"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// Scratch makes an image that has nothing but the files, from their path in the
// image to that on this machine; all are executable, and there may be none.
// changes are instructions of a Dockerfile, as CMD ["/program"].
func Scratch(t T, e *engine.Engine, files map[string]string, changes ...string) string {
	t.Helper()
	packed, err := pack(files)
	if err != nil {
		t.Fatalf("an image from scratch: %v", err)
	}
	tag := "fn-test/scratch:" + strings.ToLower(rand.Text())
	if err := importTar(t.Context(), e, packed, tag, changes...); err != nil {
		t.Fatalf("an image from scratch: %v", err)
	}
	t.Cleanup(func() {
		_, err := e.ImageRemove(context.Background(), tag, image.RemoveOptions{Force: true})
		if err != nil && has(context.Background(), e, tag) {
			t.Errorf("remove %s: %v", tag, err)
		}
	})
	return tag
}

func pack(files map[string]string) (*bytes.Buffer, error) {
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for name, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		header := &tar.Header{Name: strings.TrimPrefix(name, "/"), Mode: 0o755, Size: int64(len(content)), Typeflag: tar.TypeReg}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(content); err != nil {
			return nil, err
		}
	}
	return &packed, w.Close()
}
