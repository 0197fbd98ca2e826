package local

import (
	"archive/zip"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/fnhost/fn/plugins/local/launch"
	"github.com/fnhost/fn/plugins/local/record"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker"
)

// Deploy checks that the function could be called and records its version. The
// code stays in the host's store; a copy of it is kept unpacked, for the workers.
func (c *Component) Deploy(ctx context.Context, f sdk.Function, progress sdk.Progress) (location string, err error) {
	const steps = 3
	progress("checking", 0, steps, "steps")
	if err := c.check(f); err != nil {
		return "", err
	}
	c.shelf.Expect(bundle(f)) // while the rest is done
	kind, err := c.prepare(ctx, f, progress)
	if err != nil {
		return "", err
	}
	r := record.Of(f, c.Now())
	if r.Modules, r.Interpreter, err = c.install(ctx, f, progress); err != nil {
		return "", err
	}
	progress("recording", 1, steps, "steps")
	if err := c.records.Put(r); err != nil {
		return "", c.onFullDisk(sdk.Errorf(sdk.KindOf(err), "recording it: %w", err))
	}
	progress("starting workers", 2, steps, "steps")
	c.workers.expect(kind, f, r.ModuleDirs())
	progress("deployed", steps, steps, "steps")
	return "this machine", nil
}

// kind is the kind of worker that serves a function.
func (c *Component) kind(ctx context.Context, f sdk.Function) (launch.Kind, error) {
	r, alone := f.Runtime, f.Network == sdk.NetworkNone
	switch r.Language {
	case languageExec, languageProvided:
		return launch.Kind{Language: r.Language, NoNetwork: alone}, nil
	case languagePython:
		found, err := c.python.Find(ctx)
		return launch.Kind{Language: languagePython, Interpreter: found.Path, NoNetwork: alone}, err
	case languageNode:
		found, err := c.node.Find(ctx)
		return launch.Kind{Language: languageNode, Interpreter: found.Path, NoNetwork: alone}, err
	default:
		return launch.Kind{}, sdk.Errorf(sdk.Unimplemented, "the language %q does not run here, only %s, %s, %s and %s",
			r.Language, languageExec, languagePython, languageNode, languageProvided)
	}
}

// check refuses what would fail, or be silently different, in every call.
func (c *Component) check(f sdk.Function) error {
	if err := c.sandboxRefused(); err != nil {
		return err
	}
	if f.Network == sdk.NetworkNone {
		if err := c.networkNone(f.Name); err != nil {
			return err
		}
	}
	if err := c.cfg.DecodeOptions(f, &struct{}{}); err != nil {
		return err
	}
	if err := worker.CheckEnv(f.Env); err != nil {
		return failure(err)
	}
	return checkCode(f)
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
