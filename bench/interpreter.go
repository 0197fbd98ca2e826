package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// interpreter is one that functions are run by: the program itself, not a shim
// that chooses one and takes longer than the program.
type interpreter struct {
	path    string // empty: there is none
	version string
}

// findPython takes the system's own python before the first of PATH.
func findPython(ctx context.Context) interpreter {
	return findInterpreter(ctx, []string{"/usr/bin/python3", "python3"}, "-I", "-S", "-c", "import sys; print(sys.executable)")
}

func findNode(ctx context.Context) interpreter {
	return findInterpreter(ctx, []string{"node"}, "-p", "process.execPath")
}

// findInterpreter asks the first program there is where the one behind it lies.
func findInterpreter(ctx context.Context, names []string, ask ...string) interpreter {
	for _, name := range names {
		shim, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.CommandContext(ctx, shim, ask...).Output()
		if err != nil {
			continue
		}
		path := strings.TrimSpace(string(out))
		version, err := exec.CommandContext(ctx, path, "--version").Output()
		if err == nil {
			return interpreter{path, strings.TrimSpace(string(version))}
		}
	}
	return interpreter{}
}

func (i interpreter) String() string {
	if i.path == "" {
		return "none found: it is not measured"
	}
	return i.path + ", " + i.version
}

// before is env with the interpreters first on its PATH, so that functions are
// run by those that stand beside them in the tables.
func before(env []string, interpreters ...interpreter) []string {
	var path []string
	for _, i := range interpreters {
		if i.path != "" {
			path = append(path, filepath.Dir(i.path))
		}
	}
	path = append(path, os.Getenv("PATH"))
	env = slices.DeleteFunc(slices.Clone(env), func(v string) bool { return strings.HasPrefix(v, "PATH=") })
	return append(env, "PATH="+strings.Join(path, string(os.PathListSeparator)))
}
