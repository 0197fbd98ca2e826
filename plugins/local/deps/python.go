package deps

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/bundle"
)

// Interpreter is what packages are installed for.
type Interpreter struct {
	Path    string // absolute
	Version string
}

func (i Interpreter) String() string { return i.Path + " " + i.Version }

// packages is where python's packages lie in an entry.
const packages = "packages"

// Install returns the directory that holds what is needed, after it has
// installed that where it was not. Errors: Invalid (the installer refuses),
// Unavailable (no installer, no network), ResourceExhausted (a full disk).
func (s *Store) Install(ctx context.Context, i Interpreter, n requirements.Needs, progress sdk.Progress) (string, error) {
	if n.Language == requirements.Node {
		return s.entry(ctx, n.Key(i.String()), requirements.Modules, progress, func(made string) error {
			return s.npm(ctx, i, n, made, progress)
		})
	}
	return s.entry(ctx, n.Key(i.String()), packages, progress, func(made string) error {
		return s.pip(ctx, i, n, made, progress)
	})
}

// Find returns the directory that Install made, if it is still there.
func (s *Store) Find(i Interpreter, n requirements.Needs) (dir string, ok bool) {
	name := packages
	if n.Language == requirements.Node {
		name = requirements.Modules
	}
	dir = filepath.Join(s.Dir, n.Key(i.String()), name)
	return dir, s.Has(dir)
}

// workplace is a directory with the files that the installer may want.
func workplace(n requirements.Needs, made string) (dir string, err error) {
	dir = filepath.Join(made, workDir)
	if n.Code != "" {
		return dir, bundle.Unpack(n.Code, dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", unavailable(dir, err)
	}
	return dir, os.WriteFile(filepath.Join(dir, n.File), []byte(n.Text[0]), 0o600)
}

// pip installs into packages, which knows nothing of the interpreter's own.
func (s *Store) pip(ctx context.Context, i Interpreter, n requirements.Needs, made string, progress sdk.Progress) error {
	interpreter, err := s.withPip(ctx, i, progress)
	if err != nil {
		return err
	}
	dir, err := workplace(n, made)
	if err != nil {
		return err
	}
	target, temporary := filepath.Join(made, packages), filepath.Join(made, "tmp")
	if err := errors.Join(os.Mkdir(target, 0o700), os.Mkdir(temporary, 0o700)); err != nil {
		return unavailable(made, err)
	}
	defer os.RemoveAll(temporary)
	t := tool{
		name: "pip", path: interpreter, dir: dir, step: "installing requirements",
		// -I: the code lies in the working directory and must not be imported.
		env: append(requirements.PipEnv(s.Env), "TMPDIR="+temporary),
	}
	var log string
	for _, arguments := range n.PipArguments(target) {
		t.args = append([]string{"-I", "-m", "pip"}, arguments...)
		if log, err = t.run(ctx, progress); err == nil || !strings.Contains(log, requirements.NotAmongWheels) {
			break
		}
	}
	return t.explain(ctx, n, log, err)
}

// withPip returns an interpreter that has pip: one of an environment made for
// that, so that it is the pip which came with this python, and not one that
// somebody changed. Where no environment can be made it may have a pip itself.
func (s *Store) withPip(ctx context.Context, i Interpreter, progress sdk.Progress) (string, error) {
	made, err := s.entry(ctx, "pip-"+requirements.Digest(i.String()), "venv", progress, func(made string) error {
		t := tool{
			name: "venv", path: i.Path, dir: made, step: "preparing pip", env: requirements.PipEnv(s.Env),
			args: []string{"-I", "-m", "venv", filepath.Join(made, "venv")},
		}
		log, err := t.run(ctx, progress)
		if err != nil {
			return t.explain(ctx, requirements.Needs{Language: requirements.Python, File: "the environment"}, log, err)
		}
		return nil
	})
	if err == nil {
		return filepath.Join(made, "bin", "python3"), nil
	}
	if ctx.Err() != nil || sdk.KindOf(err) == sdk.ResourceExhausted {
		return "", err
	}
	own := tool{name: "pip", path: i.Path, dir: s.Dir, step: "preparing pip", env: requirements.PipEnv(s.Env), args: []string{"-I", "-m", "pip", "--version"}}
	if _, ownErr := own.run(ctx, progress); ownErr == nil {
		return i.Path, nil
	}
	return "", sdk.Errorf(sdk.Unavailable, "%s has neither pip nor venv to install requirements with: %w", i.Path, err).
		WithHint("apt install python3-venv")
}
