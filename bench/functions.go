package main

import (
	"context"
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

//go:embed functions
var functionSources embed.FS

// The functions.
const (
	noopFunction     = "noop"     // exec: the smallest executable there is
	shFunction       = "sh"       // exec: a script that does nothing
	catFunction      = "cat"      // exec: its stdin to its stdout
	helloFunction    = "hello"    // python: returns a string
	echoFunction     = "echo"     // python: returns its event
	nodeFunction     = "node"     // node: returns a string
	providedFunction = "provided" // a Go program that asks the Lambda Runtime API
)

// function is how one is created and what it returns.
type function struct{ name, runtime, want string }

const helloResult = `"hello"`

func functions() []function {
	return []function{
		{noopFunction, "exec", ""}, {shFunction, "exec", ""}, {catFunction, "exec", ""},
		{helloFunction, "python", helloResult}, {echoFunction, "python", "{}"}, {nodeFunction, "node", helloResult}, {providedFunction, "provided", helloResult},
	}
}

// writeFunctions puts the code of the functions below the lab's directory.
func (l *lab) writeFunctions() error {
	files, err := fs.Sub(functionSources, "functions")
	if err != nil {
		return err
	}
	dir := l.path("functions")
	if err := os.CopyFS(dir, files); err != nil {
		return err
	}
	for _, name := range []string{shFunction, catFunction} { // an embedded file has no mode
		if err := os.Chmod(filepath.Join(dir, name, "run"), 0o755); err != nil {
			return err
		}
	}
	bootstrap, err := os.ReadFile(l.refs.bootstrap)
	if err != nil {
		return err
	}
	if err := writeProgram(filepath.Join(dir, providedFunction, "bootstrap"), bootstrap); err != nil {
		return err
	}
	program, err := tinyProgram()
	if l.noop = err == nil; !l.noop {
		return nil // measured without it
	}
	return writeProgram(filepath.Join(dir, noopFunction, "run"), program)
}

func writeProgram(path string, program []byte) error {
	if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, program, 0o755)
}

// createAll makes the functions known in the lab's home. A language that is not
// there is left out, and so is one whose function does not run.
func (l *lab) createAll(ctx context.Context) error {
	for _, f := range functions() {
		why := l.unmeasured(f)
		if why == "" {
			_, err := l.home.do(ctx, "create", f.name, filepath.Join(l.path("functions"), f.name), "--runtime", f.runtime, "--timeout", "10m")
			if err == nil && f.name != catFunction {
				_, err = l.home.do(ctx, "run", f.name)
			}
			if err != nil && f.runtime != nodeFunction && f.runtime != providedFunction {
				return err
			}
			if err != nil {
				why = strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", " ")
			}
		}
		if why != "" {
			l.absent[f.name] = why
		}
	}
	return nil
}

// unmeasured says why a function cannot be tried here.
func (l *lab) unmeasured(f function) string {
	switch {
	case f.name == noopFunction && !l.noop:
		return "there is no minimal executable for this system"
	case f.runtime == "python" && l.python.path == "", f.runtime == "node" && l.node.path == "":
		return "there is no such interpreter"
	}
	return ""
}

// wanted is what a call of a function prints.
func wanted(name string) string {
	for _, f := range functions() {
		if f.name == name {
			return f.want
		}
	}
	return ""
}

// callsOf are those of the named functions that can be measured.
func (l *lab) callsOf(h *home, names ...string) []*command {
	var calls []*command
	for _, name := range names {
		if l.absent[name] == "" {
			calls = append(calls, h.run(name, wanted(name)))
		}
	}
	return calls
}

// doNothing are the calls of the functions that do least.
func (l *lab) doNothing(h *home) []*command {
	return l.callsOf(h, noopFunction, shFunction, helloFunction)
}

// least is the exec function that does least here.
func (l *lab) least() string {
	if l.noop {
		return noopFunction
	}
	return shFunction
}
