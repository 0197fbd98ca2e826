package oneshot

import (
	"archive/zip"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/fnhost/fn/oneshot/record"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// Deploy checks that the function could be called and records its version. The
// code stays in the host's store.
func (s *Server[K]) Deploy(ctx context.Context, f sdk.Function, progress sdk.Progress) error {
	const steps = 3
	progress("checking", 0, steps, "steps")
	if err := s.check(f); err != nil {
		return err
	}
	r := record.Of(f, s.cfg.Now())
	kind, err := s.backend.Prepare(ctx, f, &r, progress)
	if err != nil {
		return err
	}
	defer s.Changed()
	progress("recording", 1, steps, "steps")
	if err := s.records.Put(r); err != nil {
		return s.onFullDisk(sdk.Errorf(sdk.KindOf(err), "recording it: %w", err))
	}
	progress("starting workers", 2, steps, "steps")
	s.workers.expect(kind, f, r)
	progress("deployed", steps, steps, "steps")
	return nil
}

func (s *Server[K]) check(f sdk.Function) error {
	if err := s.backend.Check(f); err != nil {
		return err
	}
	if err := worker.CheckEnv(f.Env); err != nil {
		return Failure(err)
	}
	if f.Image != "" {
		return checkImage(f)
	}
	return checkCode(f)
}

// checkImage refuses what a function that is an image cannot be. The reference
// is for the backend to check.
func checkImage(f sdk.Function) error {
	language := f.Runtime.Language
	switch {
	case language != "exec" && language != "provided":
		return sdk.Errorf(sdk.Invalid, "a function that is an image is of language exec or provided, not %s", language).
			WithHint("fn update %s --runtime exec", f.Name)
	case f.Handler != "" || f.Code != (sdk.Bundle{}):
		return sdk.Errorf(sdk.Invalid, "a function that is an image has neither handler nor code")
	}
	return nil
}

func checkCode(f sdk.Function) error {
	code, mend := f.Code, "fn update "+f.Name+" PATH"
	info, err := os.Stat(code.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return sdk.Errorf(sdk.NotFound, "its code is gone: %w", err).WithHint("%s", mend)
	case err != nil:
		return sdk.Errorf(sdk.Unavailable, "its code: %w", err)
	case code.Size != 0 && info.Size() != code.Size:
		return sdk.Errorf(sdk.Invalid, "its code is damaged: %s has %d bytes, wanted %d", code.Path, info.Size(), code.Size).WithHint("%s", mend)
	case !strings.HasPrefix(code.Digest, "sha256:"):
		return sdk.Errorf(sdk.Invalid, "its code has no sha256 digest but %q", code.Digest)
	}
	packed, err := zip.OpenReader(code.Path)
	if err != nil {
		return sdk.Errorf(sdk.Invalid, "its code is damaged: %s: %w", code.Path, err).WithHint("%s", mend)
	}
	return packed.Close()
}
