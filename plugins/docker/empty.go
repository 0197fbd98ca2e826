package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"io"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
)

// emptyRef is an image with nothing in it, for programs that need nothing.
const emptyRef = "fn-empty:1"

// makeEmpty sees to it that the engine has the empty image.
func (l *linked) makeEmpty(ctx context.Context) error {
	_, err := l.engine.ImageInspect(ctx, emptyRef)
	if !errdefs.IsNotFound(err) {
		return l.engine.Explain(err)
	}
	var nothing bytes.Buffer
	if err := tar.NewWriter(&nothing).Close(); err != nil {
		return err
	}
	said, err := l.engine.ImageImport(ctx, image.ImportSource{Source: &nothing, SourceName: "-"}, emptyRef, image.ImportOptions{})
	if err != nil {
		return l.engine.Explain(err)
	}
	defer said.Close()
	_, err = io.Copy(io.Discard, said)
	return l.engine.Explain(err)
}
