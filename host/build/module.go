package build

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// prepare gives the copy what the compiler wants beside the source.
func (b Builder) prepare(ctx context.Context, g tool, s Source) error {
	const unresolved = "its requirements cannot be resolved"
	if !exists(g.dir, "go.mod") {
		b.Progress("resolving what it imports")
		if _, err := g.run(ctx, unresolved, "mod", "init", "function/"+strings.ToLower(s.Name)); err != nil {
			return err
		}
		if _, err := g.run(ctx, unresolved, "mod", "tidy"); err != nil {
			return err
		}
		b.Note("there is no go.mod: the requirements are those of today" + g.list(ctx))
		return nil
	}
	if err := g.checkReplacements(ctx); err != nil {
		return err
	}
	if exists(g.dir, "go.sum") || exists(g.dir, "vendor") {
		return nil
	}
	b.Progress("resolving what it imports")
	if _, err := g.run(ctx, unresolved, "mod", "tidy"); err != nil {
		return err
	}
	if exists(g.dir, "go.sum") {
		b.Note("there is no go.sum: what was downloaded is not compared with what you had" + g.list(ctx))
	}
	return nil
}

// list names the modules that the code itself requires, to follow a sentence.
func (g tool) list(ctx context.Context) string {
	var module struct {
		Require []struct {
			Path, Version string
			Indirect      bool
		}
	}
	if g.module(ctx, &module) != nil {
		return ""
	}
	var direct []string
	for _, r := range module.Require {
		if !r.Indirect {
			direct = append(direct, r.Path+" "+r.Version)
		}
	}
	if len(direct) == 0 {
		return ""
	}
	return ": " + strings.Join(direct, ", ")
}

// checkReplacements refuses a module that the code does not carry.
func (g tool) checkReplacements(ctx context.Context) error {
	var module struct {
		Replace []struct {
			Old, New struct{ Path, Version string }
		}
	}
	if err := g.module(ctx, &module); err != nil {
		return err
	}
	for _, r := range module.Replace {
		path := filepath.FromSlash(r.New.Path)
		// As for the go command: a path begins with a dot or a root.
		isPath := filepath.IsAbs(path) || strings.HasPrefix(r.New.Path, "./") || strings.HasPrefix(r.New.Path, "../") ||
			r.New.Path == "." || r.New.Path == ".."
		if isPath && !filepath.IsLocal(path) {
			return fault.New(fault.Invalid, "go.mod replaces %s by %s, which is outside of the function's directory and so no part of its code",
				r.Old.Path, r.New.Path).
				WithHint("copy it into %s, or require a published version of it", filepath.Join(g.path, filepath.Base(path)))
		}
	}
	return nil
}

// module reads go.mod.
func (g tool) module(ctx context.Context, into any) error {
	text, err := g.run(ctx, "go.mod cannot be read", "mod", "edit", "-json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fault.New(fault.Internal, "go mod edit: %w", err)
	}
	return nil
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}
