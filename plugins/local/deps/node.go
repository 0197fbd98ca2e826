package deps

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk"
)

// modules is where node looks for packages.
const modules = "node_modules"

// hasDependencies tells whether a package.json names any.
func hasDependencies(text string) (bool, error) {
	var described struct {
		Dependencies map[string]string `json:"dependencies"`
		Optional     map[string]string `json:"optionalDependencies"`
	}
	err := json.Unmarshal([]byte(strings.TrimPrefix(text, "\ufeff")), &described)
	if err != nil {
		return false, sdk.Errorf(sdk.Invalid, "package.json: it must be an object, and its dependencies one of names and versions").
			WithHint("edit package.json")
	}
	return len(described.Dependencies)+len(described.Optional) > 0, nil
}

// nodeNeeds looks for a package.json with dependencies that did not come with
// the code. What it and its lock refer to decides too: where that may be files,
// all of the code.
func nodeNeeds(z *zip.Reader) (n Needs, err error) {
	text, found, err := textOf(z, "package.json")
	if err != nil || !found {
		return n, err
	}
	wants, err := hasDependencies(text)
	if _, none, sumErr := below(z, modules); err != nil || sumErr != nil || !wants || !none {
		return n, errors.Join(err, sumErr)
	}
	n = Needs{language: node, file: "package.json", text: []string{text}}
	all := slices.ContainsFunc([]string{`"file:`, `"link:`, `"./`, `"workspaces"`}, func(part string) bool { return strings.Contains(text, part) })
	for _, name := range []string{"npm-shrinkwrap.json", "package-lock.json", ".npmrc"} {
		text, found, err := textOf(z, name)
		if err != nil {
			return n, err
		}
		n.lock = n.lock || found && name != ".npmrc"
		n.text = append(n.text, text)
	}
	if all {
		sum, _, err := below(z, "")
		if err != nil {
			return n, err
		}
		n.text = append(n.text, sum)
	}
	return n, nil
}

// npm installs what package.json names. Scripts of packages are run, as npm does
// for anybody.
func (s *Store) npm(ctx context.Context, i Interpreter, n Needs, made string, progress sdk.Progress) error {
	npm, err := beside(i, s.Env)
	if err != nil {
		return err
	}
	dir, err := n.workplace(made)
	if err != nil {
		return err
	}
	command := []string{"install", "--no-package-lock"}
	if n.lock {
		command = []string{"ci"}
	}
	t := tool{
		name: "npm", path: npm, dir: dir, step: "installing dependencies", env: npmEnv(i, s.Env),
		args: append(command, "--omit=dev", "--install-links", "--no-audit", "--no-fund", "--no-update-notifier",
			"--no-progress", "--no-color", "--loglevel=http"),
	}
	if log, err := t.run(ctx, progress); err != nil {
		return t.explain(ctx, n, log, err)
	}
	installed := filepath.Join(dir, modules)
	if err := os.MkdirAll(installed, 0o700); err != nil { // where nothing was to be done
		return unavailable(dir, err)
	}
	if err := settle(dir, installed); err != nil {
		return err
	}
	return os.Rename(installed, filepath.Join(made, modules))
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
