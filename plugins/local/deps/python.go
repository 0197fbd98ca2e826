package deps

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/bundle"
)

// packages is where python's packages lie in an entry.
const packages = "packages"

// Install returns the directory that holds what is needed, after it has
// installed that where it was not. Errors: Invalid (the installer refuses),
// Unavailable (no installer, no network), ResourceExhausted (a full disk).
func (s *Store) Install(ctx context.Context, i Interpreter, n Needs, progress sdk.Progress) (string, error) {
	if n.language == node {
		return s.entry(ctx, n.key(i), modules, progress, func(made string) error {
			return s.npm(ctx, i, n, made, progress)
		})
	}
	return s.entry(ctx, n.key(i), packages, progress, func(made string) error {
		return s.pip(ctx, i, n, made, progress)
	})
}

// Find returns the directory that Install made, if it is still there.
func (s *Store) Find(i Interpreter, n Needs) (dir string, ok bool) {
	name := packages
	if n.language == node {
		name = modules
	}
	dir = filepath.Join(s.Dir, n.key(i), name)
	return dir, s.Has(dir)
}

// workplace is a directory with the files that the installer may want.
func (n Needs) workplace(made string) (dir string, err error) {
	dir = filepath.Join(made, workDir)
	if n.code != "" {
		return dir, bundle.Unpack(n.code, dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", unavailable(dir, err)
	}
	return dir, os.WriteFile(filepath.Join(dir, n.file), []byte(n.text[0]), 0o600)
}

// pip installs into packages, which knows nothing of the interpreter's own.
func (s *Store) pip(ctx context.Context, i Interpreter, n Needs, made string, progress sdk.Progress) error {
	interpreter, err := s.withPip(ctx, i, progress)
	if err != nil {
		return err
	}
	dir, err := n.workplace(made)
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
		args: []string{"-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-color",
			"--progress-bar", "off", "--no-warn-script-location", "--target", target, "-r", n.file},
		env: append(pipEnv(s.Env), "TMPDIR="+temporary),
	}
	if n.offline {
		offline := t
		offline.args = append(slices.Clone(t.args), "--no-index", "--find-links", wheels)
		log, err := offline.run(ctx, progress)
		if err == nil || !strings.Contains(log, "No matching distribution found") {
			return t.explain(ctx, n, log, err)
		}
		t.args = append(t.args, "--find-links", wheels) // what is missing comes from elsewhere
	}
	log, err := t.run(ctx, progress)
	return t.explain(ctx, n, log, err)
}

// withPip returns an interpreter that has pip: one of an environment made for
// that, so that it is the pip which came with this python, and not one that
// somebody changed. Where no environment can be made it may have a pip itself.
func (s *Store) withPip(ctx context.Context, i Interpreter, progress sdk.Progress) (string, error) {
	made, err := s.entry(ctx, "pip-"+digest(i.String()), "venv", progress, func(made string) error {
		t := tool{
			name: "venv", path: i.Path, dir: made, step: "preparing pip", env: pipEnv(s.Env),
			args: []string{"-I", "-m", "venv", filepath.Join(made, "venv")},
		}
		log, err := t.run(ctx, progress)
		if err != nil {
			return t.explain(ctx, Needs{language: python, file: "the environment"}, log, err)
		}
		return nil
	})
	if err == nil {
		return filepath.Join(made, "bin", "python3"), nil
	}
	if ctx.Err() != nil || sdk.KindOf(err) == sdk.ResourceExhausted {
		return "", err
	}
	own := tool{name: "pip", path: i.Path, dir: s.Dir, step: "preparing pip", env: pipEnv(s.Env), args: []string{"-I", "-m", "pip", "--version"}}
	if _, ownErr := own.run(ctx, progress); ownErr == nil {
		return i.Path, nil
	}
	return "", sdk.Errorf(sdk.Unavailable, "%s has neither pip nor venv to install requirements with: %w", i.Path, err).
		WithHint("apt install python3-venv")
}

// pipEnv is an environment without what would send packages elsewhere.
func pipEnv(env []string) []string {
	kept := slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_PYTHON", "PIP_DRY_RUN", "PIP_REQUIREMENT":
			return true
		}
		return false
	})
	if !slices.ContainsFunc(kept, func(v string) bool { return strings.HasPrefix(v, "PIP_RETRIES=") }) {
		kept = append(kept, "PIP_RETRIES=2")
	}
	return append(kept, "PIP_USER=0", "PIP_REQUIRE_VIRTUALENV=0", "PIP_ROOT_USER_ACTION=ignore", "LANG=C.UTF-8")
}
