package enginetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// The images are made again when their numbers change.
const (
	pythonTag = "fn-test/python:1"
	nodeTag   = "fn-test/node:1"
)

// pullSilence is how long a pull may make no progress.
const pullSilence = 20 * time.Second

// Python returns the reference of an image of the machine's engine that has
// python3 and pip on its PATH. The first test that asks for it makes it, in a
// minute or two; the others wait.
func Python(t T) string {
	t.Helper()
	return shared(t, pythonTag, "python:3.13-slim")
}

// Node is Python for node and npm.
func Node(t T) string {
	t.Helper()
	return shared(t, nodeTag, "node:22-slim")
}

// shared returns tag, and makes it from an official image where there is one or
// the network has it, else from Debian's packages.
func shared(t T, tag, official string) string {
	t.Helper()
	e := Client(t)
	unlock, err := lock(filepath.Join(os.TempDir(), "fn-test-images.lock"))
	if err != nil {
		t.Fatalf("the lock of the images: %v", err)
	}
	defer unlock()
	if has(t.Context(), e, tag) {
		return tag
	}
	source := official
	if !has(t.Context(), e, official) {
		if err := pull(t, e, official); err != nil {
			t.Logf("%v: making %s of Debian's packages", err, tag)
			if source, err = bootstrapped(t, e); err != nil {
				missing(t, "no image for %s: %v", tag, err)
			}
		}
	}
	if err := e.ImageTag(t.Context(), source, tag); err != nil {
		t.Fatalf("tag %s: %v", tag, err)
	}
	return tag
}

func has(ctx context.Context, e *engine.Engine, reference string) bool {
	_, err := e.ImageInspect(ctx, reference)
	return err == nil
}

// pull gives up when nothing has come for a while.
func pull(t T, e *engine.Engine, reference string) error {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	silence := time.AfterFunc(pullSilence, func() { cancel(fmt.Errorf("nothing came for %v", pullSilence)) })
	defer silence.Stop()
	t.Logf("pulling %s", reference)
	body, err := e.ImagePull(ctx, reference, image.PullOptions{})
	if err == nil {
		defer body.Close()
		err = progress(body, func() { silence.Reset(pullSilence) })
	}
	if err != nil && context.Cause(ctx) != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("pull %s: %w", reference, err)
	}
	return nil
}

// progress reads an engine's stream of messages to its end and returns the
// error that it tells of.
func progress(body io.Reader, each func()) error {
	messages := json.NewDecoder(body)
	for {
		var message struct {
			Error string `json:"error"`
		}
		switch err := messages.Decode(&message); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case message.Error != "":
			return errors.New(message.Error)
		}
		each()
	}
}

// Copy copies an image from one engine to another.
func Copy(t T, from, to *engine.Engine, reference string) {
	t.Helper()
	if err := copyImage(t.Context(), from, to, reference); err != nil {
		t.Fatalf("copy the image %s: %v", reference, err)
	}
}

func copyImage(ctx context.Context, from, to *engine.Engine, reference string) error {
	saved, err := from.ImageSave(ctx, []string{reference})
	if err != nil {
		return err
	}
	defer saved.Close()
	loaded, err := to.ImageLoad(ctx, saved)
	if err != nil {
		return err
	}
	defer loaded.Body.Close()
	return progress(loaded.Body, func() {})
}
