package local

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/fnhost/fn/oneshot"
	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// probeLimit bounds one probe.
const probeLimit = 20 * time.Second

// probe starts a worker outside the pool and calls a function of one file that
// answers what it is asked.
func (c *Component) probe(ctx context.Context, kind launch.Kind, file, source string) error {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	w, err := c.launcher.StartAlone(ctx, kind)
	if err != nil {
		return oneshot.Failure(err)
	}
	defer w.Stop()
	return ask(ctx, w, file, source)
}

// probeFork is probe with a fork of a template of its own.
func (c *Component) probeFork(ctx context.Context, kind launch.Kind, file, source string) error {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	w, stop, err := c.launcher.ForkAlone(ctx, kind)
	if err != nil {
		return oneshot.Failure(err)
	}
	defer stop()
	return ask(ctx, w, file, source)
}

// ask makes a worker a function's and calls it.
func ask(ctx context.Context, w *launch.Worker, file, source string) error {
	code, err := pack(file, source)
	if err != nil {
		return err
	}
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(code))
	injection := worker.Injection{Function: "probe", Version: "1", CodeDigest: digest, MemoryBytes: 128 << 20}
	if _, err := w.Inject(ctx, injection, bytes.NewReader(code), nil); err != nil {
		return oneshot.Failure(err)
	}
	const question = `"hello"`
	var answer collected
	end, err := w.Call(ctx, worker.Call{ID: "probe"}, strings.NewReader(question), &answer)
	switch {
	case err != nil:
		return oneshot.Failure(err)
	case end.Failure != nil:
		return oneshot.Failure(end.Failure)
	case strings.TrimSpace(answer.result.String()) != question:
		return sdk.Errorf(sdk.Broken, "it answered %q to %s", answer.result.String(), question)
	}
	return nil
}

// pack returns a zip of one executable file.
func pack(name, content string) ([]byte, error) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: name, Method: zip.Deflate}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write([]byte(content)); err != nil {
		return nil, err
	}
	err = z.Close()
	return packed.Bytes(), err
}

// collected is a result in memory.
type collected struct{ result bytes.Buffer }

func (c *collected) Log(worker.Stream, []byte) error { return nil }

func (c *collected) Result(p []byte) error {
	_, err := c.result.Write(p)
	return err
}
