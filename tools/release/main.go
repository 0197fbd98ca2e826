// Release does what users will do with a release, before there is one: it makes
// a module proxy from what is committed, installs every program from it by
// version, runs a function with them, and builds a third party's component that
// knows nothing but the sdk.
//
//	go run ./tools/release [REPOSITORY]
//
// Nothing is published, and no module of the workspace is seen. Dependencies
// come from the module cache.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// version is the one that the modules require of each other.
const version = "v0.1.0"

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := check(root); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func check(root string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	proxy := filepath.Join(dir, "proxy")
	if err := publish(root, proxy); err != nil {
		return err
	}
	u, err := newUser(dir, proxy)
	if err != nil {
		return err
	}
	if err := u.install(); err != nil {
		return err
	}
	if err := u.run(); err != nil {
		return err
	}
	return u.thirdParty(filepath.Join(root, "examples", "component"))
}

// user is somebody with an empty module cache who has Go and nothing of ours.
type user struct {
	dir string
	env []string
}

func newUser(dir, proxy string) (*user, error) {
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	known := filepath.Join(strings.TrimSpace(string(cache)), "cache", "download")
	bin := filepath.Join(dir, "bin")
	return &user{dir: dir, env: append(os.Environ(),
		"GOWORK=off", "GOFLAGS=-modcacherw", "CGO_ENABLED=0", "GOSUMDB=off",
		"GOPROXY=file://"+proxy+",file://"+known, "GOMODCACHE="+filepath.Join(dir, "mod"),
		"GOBIN="+bin, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"FN_HOME="+filepath.Join(dir, "home"),
	)}, nil
}

// do runs a command in a directory below the user's.
func (u *user) do(in string, command ...string) (string, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Env = filepath.Join(u.dir, in), u.env
	if path := filepath.Join(u.dir, "bin", command[0]); exists(path) {
		cmd = &exec.Cmd{Path: path, Args: command, Dir: cmd.Dir, Env: u.env}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out)
	}
	return string(out), nil
}

func (u *user) install() error {
	for _, what := range []string{"cmd/...", "plugins/local/cmd/...", "plugins/docker/cmd/...", "worker/cmd/..."} {
		if _, err := u.do(".", "go", "install", "-tags", "urfave_cli_no_docs", "github.com/fnhost/fn/"+what+"@"+version); err != nil {
			return err
		}
	}
	fmt.Println("installed", version)
	return nil
}

func (u *user) run() error {
	defer u.do(".", "fn", "host", "stop") //nolint:errcheck // there may be none
	for _, command := range [][]string{
		{"fn", "init", "hello", "--runtime", "exec"},
		{"fn", "apply", "hello"},
		{"fn", "run", "hello", "@hello/event.json"},
		{"fn", "components"},
	} {
		out, err := u.do(".", command...)
		if err != nil {
			return err
		}
		fmt.Printf("$ %s\n%s", strings.Join(command, " "), out)
	}
	return nil
}

// thirdParty builds and tests a component in a module of its own.
func (u *user) thirdParty(example string) error {
	const in = "component"
	if err := os.Mkdir(filepath.Join(u.dir, in), 0o700); err != nil {
		return err
	}
	for _, name := range []string{"main.go", "main_test.go"} {
		text, err := os.ReadFile(filepath.Join(example, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(u.dir, in, name), text, 0o600); err != nil {
			return err
		}
	}
	for _, command := range [][]string{
		{"go", "mod", "init", "example.com/component"},
		{"go", "get", "github.com/fnhost/fn/sdk@" + version},
		{"go", "mod", "tidy"},
		{"go", "vet", "./..."},
		{"go", "build", "-o", filepath.Join(u.dir, "bin", "fn-plugin-shell"), "."},
		{"fn-plugin-shell", "describe"},
	} {
		if _, err := u.do(in, command...); err != nil {
			return err
		}
	}
	fmt.Println("a third party's component builds with the sdk alone")
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
