package deps

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fnhost/fn/oneshot/requirements"
	"github.com/fnhost/fn/sdk"
)

// npm installs what package.json names.
func (s *Store) npm(ctx context.Context, i Interpreter, n requirements.Needs, made string, progress sdk.Progress) error {
	npm, err := beside(i, s.Env)
	if err != nil {
		return err
	}
	dir, err := workplace(n, made)
	if err != nil {
		return err
	}
	t := tool{
		name: "npm", path: npm, dir: dir, step: "installing dependencies", env: npmEnv(i, s.Env),
		args: n.NpmArguments(),
	}
	if log, err := t.run(ctx, progress); err != nil {
		return t.explain(ctx, n, log, err)
	}
	installed := filepath.Join(dir, requirements.Modules)
	if err := os.MkdirAll(installed, 0o700); err != nil { // where nothing was to be done
		return unavailable(dir, err)
	}
	if err := settle(dir, installed); err != nil {
		return err
	}
	return os.Rename(installed, filepath.Join(made, requirements.Modules))
}

// settle replaces links to directories of the code, which is about to go, by
// copies of them.
func settle(code, installed string) error {
	packages, _ := filepath.Glob(filepath.Join(installed, "*"))
	scoped, _ := filepath.Glob(filepath.Join(installed, "@*", "*"))
	for _, path := range append(packages, scoped...) {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		target, err := filepath.EvalSymlinks(path)
		real, realErr := filepath.EvalSymlinks(code)
		if err != nil || realErr != nil || !strings.HasPrefix(target, real+string(filepath.Separator)) {
			return sdk.Errorf(sdk.Invalid, "the dependency %s is a link that leaves the code", filepath.Base(path)).
				WithHint("npm pack DIR    and depend on the file it makes, in the code")
		}
		if err := os.Remove(path); err != nil {
			return unavailable(installed, err)
		}
		if err := os.CopyFS(path, os.DirFS(target)); err != nil {
			return unavailable(installed, err)
		}
	}
	return nil
}

// beside finds the npm that came with an interpreter, or the one on PATH.
func beside(i Interpreter, env []string) (string, error) {
	dirs := []string{filepath.Dir(i.Path)}
	for _, v := range env {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			dirs = append(dirs, filepath.SplitList(path)...)
		}
	}
	for _, dir := range dirs {
		if found, err := exec.LookPath(filepath.Join(dir, "npm")); err == nil && filepath.IsAbs(dir) {
			return found, nil
		}
	}
	return "", sdk.Errorf(sdk.Unavailable, "there is no npm beside %s or on PATH to install dependencies with", i.Path).
		WithHint("apt install npm")
}

// npmEnv has the interpreter first on PATH: npm is a script that asks for node.
func npmEnv(i Interpreter, env []string) []string {
	env = slices.Clone(env)
	for at, v := range env {
		if path, ok := strings.CutPrefix(v, "PATH="); ok {
			env[at] = "PATH=" + filepath.Dir(i.Path) + string(filepath.ListSeparator) + path
		}
	}
	return env
}
