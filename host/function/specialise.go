package function

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/host/regular"
	"github.com/fnhost/fn/sdk/fault"
)

// maxRequirements bounds the file of a runtime's requirements, in bytes.
const maxRequirements = 1 << 20

// moduleNames says how the modules of a language are named. Only runtimes of
// these languages bring any.
func moduleNames(language string) *regexp.Regexp {
	switch language {
	case "python":
		return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)
	case "node":
		return regexp.MustCompile(`^(node:)?(@[a-z0-9~-][a-z0-9._~-]*/)?[A-Za-z0-9~_-][A-Za-z0-9._~-]*(/[A-Za-z0-9._~-]+)*$`)
	}
	return nil
}

// Specialise gives a new runtime what it requires and preloads: the file at a
// path and these modules, on top of what its base has.
func Specialise(r *registry.Runtime, base registry.Runtime, path string, preload []string) error {
	r.Requirements, r.Preload = base.Requirements, slices.Clone(base.Preload)
	if path == "" && len(preload) == 0 {
		return nil
	}
	names := moduleNames(r.Language)
	if names == nil {
		return fault.New(fault.Invalid, "runtime %q: %s has no modules to install or preload", r.Name, r.Language).
			WithHint("fn runtime create %s --language %s", r.Name, r.Language)
	}
	for _, module := range preload {
		if !names.MatchString(module) {
			return fault.New(fault.Invalid, "runtime %q: %q cannot be the name of a %s module", r.Name, module, r.Language).
				WithHint("--preload json,decimal")
		}
		if !slices.Contains(r.Preload, module) {
			r.Preload = append(r.Preload, module)
		}
	}
	if path == "" {
		return nil
	}
	text, err := readRequirements(path)
	if err != nil {
		return err
	}
	if err := selfContained(r.Language, text); err != nil {
		return fault.New(fault.Invalid, "the requirements: %s: %w", path, err).
			WithHint("name it by its absolute path")
	}
	if r.Requirements, err = join(r.Language, base.Requirements, text); err != nil {
		return fault.New(fault.Invalid, "the requirements: %s: %w", path, err)
	}
	if len(r.Requirements) > maxRequirements {
		return fault.New(fault.Invalid, "the requirements: with those of %s they have more than %d bytes", base.Name, maxRequirements)
	}
	return nil
}

// Respecialise gives a runtime other requirements, other preloads or both, on
// top of what its base has; what is nil stays, and what is empty leaves those of
// the base.
func Respecialise(r *registry.Runtime, base registry.Runtime, path *string, preload []string) error {
	before := *r
	if err := Specialise(r, base, value(path), preload); err != nil {
		return err
	}
	if path == nil {
		r.Requirements = before.Requirements
	}
	if preload == nil {
		r.Preload = before.Preload
	}
	return nil
}

func readRequirements(path string) (string, error) {
	text, err := regular.Read(path, maxRequirements)
	if err == nil && !utf8.Valid(text) {
		err = fmt.Errorf("%s is not UTF-8", path)
	}
	if err == nil {
		return string(text), nil
	}
	failed := fault.New(fault.Invalid, "the requirements: %w", err)
	if errors.Is(err, fs.ErrNotExist) {
		failed = failed.WithHint("--requirements FILE")
	}
	return "", failed
}

// besideRequirement is a line of a requirements.txt that names another file by
// a path relative to it.
var besideRequirement = regexp.MustCompile(`^(?:(?:-r|--requirement|-c|--constraint|-e|--editable|-f|--find-links)[= ]?\s*['"]?(?:file:)?[^/:\s'"][^:]*$|\.{1,2}/)`)

// selfContained refuses requirements that refer to what lies beside them: of a
// runtime only the text is kept.
func selfContained(language, text string) error {
	if language == "python" {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); besideRequirement.MatchString(line) {
				return fmt.Errorf("the line %q names a file beside it", line)
			}
		}
		return nil
	}
	dependencies, err := dependenciesOf(text)
	for name, where := range dependencies {
		if path, ok := filePath(where); ok && !strings.HasPrefix(path, "/") {
			return fmt.Errorf("the dependency %s is %s, a file beside it", name, where)
		}
	}
	return err
}

// join adds requirements to those of a base: lines to lines in python; in node
// dependencies to dependencies, of which the new ones win.
func join(language, base, text string) (string, error) {
	if language != "node" {
		if base != "" && !strings.HasSuffix(base, "\n") {
			base += "\n"
		}
		return base + text, nil
	}
	dependencies := map[string]string{}
	for _, source := range []string{base, text} {
		if source == "" {
			continue
		}
		more, err := dependenciesOf(source)
		if err != nil {
			return "", err
		}
		maps.Copy(dependencies, more)
	}
	joined, err := json.MarshalIndent(map[string]any{"dependencies": dependencies}, "", "  ")
	return string(joined) + "\n", err
}
