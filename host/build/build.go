package build

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// Program is the name of the executable that a build makes.
const Program = "bootstrap"

// Builder builds for one caller.
type Builder struct {
	Env      []string          // the caller's environment
	Dir      string            // builds have directories below it
	Note     func(text string) // hears what was decided for the user
	Progress func(step string)
}

// Source is what to build.
type Source struct {
	Name   string // of the function, and of its module where it has none
	Bundle string // path of the packed source
	Path   string // where the user has it, for messages
}

// Build returns the directory to pack. The caller removes it. Errors of the code
// are Invalid and have the compiler's words, with lines of the user's files;
// without Go it is Unavailable.
func (b Builder) Build(ctx context.Context, s Source) (dir string, err error) {
	program, err := find("go", b.Env)
	if err != nil {
		return "", err
	}
	err = os.MkdirAll(b.Dir, 0o700) // somebody may have cleaned up
	var top string
	if err == nil {
		top, err = os.MkdirTemp(b.Dir, "build-")
	}
	if err != nil {
		return "", fault.New(fault.Internal, "build: %w", err)
	}
	defer func() {
		if err != nil {
			os.RemoveAll(top) //nolint:errcheck // the host's next start removes it
		}
	}()
	copied := filepath.Join(top, "code")
	if err := bundle.Unpack(s.Bundle, copied); err != nil {
		return "", err
	}
	g := tool{program: program, env: b.environment(copied), dir: copied, path: s.Path}
	if err := b.prepare(ctx, g, s); err != nil {
		return "", err
	}
	b.Progress("compiling")
	out := filepath.Join(top, "out") + string(filepath.Separator)
	if _, err := g.run(ctx, "the code does not compile", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", out, "."); err != nil {
		return "", err
	}
	if err := assemble(copied, out); err != nil {
		return "", fault.New(fault.Internal, "build: %w", err)
	}
	return copied, nil
}

// Remove removes what Build returned.
func Remove(dir string) { os.RemoveAll(filepath.Dir(dir)) } //nolint:errcheck // the host's next start removes it

// assemble leaves the data files in dir, and puts the one file of out there.
func assemble(dir, out string) error {
	if err := strip(dir); err != nil {
		return err
	}
	made, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	target := filepath.Join(dir, Program)
	if err := os.RemoveAll(target); err != nil { // of an earlier build by hand
		return err
	}
	return os.Rename(filepath.Join(out, made[0].Name()), target)
}

// strip removes what only the compiler reads.
func strip(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path == filepath.Join(dir, "vendor"):
			return errors.Join(os.RemoveAll(path), fs.SkipDir)
		case entry.IsDir():
			return nil
		}
		switch name := entry.Name(); {
		case strings.HasSuffix(name, ".go"), name == "go.mod", name == "go.sum", name == "go.work", name == "go.work.sum":
			return os.Remove(path)
		}
		return nil
	})
}
