package function

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// dependenciesOf are the dependencies that the text of a package.json names.
func dependenciesOf(text string) (map[string]string, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("it is empty; the least it can be is {}")
	}
	var described map[string]json.RawMessage
	err := json.Unmarshal([]byte(text), &described)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		before := text[:min(int(syntax.Offset), len(text))]
		return nil, fmt.Errorf("it is no JSON: the mistake is in line %d", 1+strings.Count(strings.TrimRight(before, "\n"), "\n"))
	}
	if err != nil || described == nil {
		return nil, errors.New("it must be an object")
	}
	all := map[string]string{}
	for _, field := range []string{"optionalDependencies", "dependencies"} {
		if err := addDependencies(all, field, described[field]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// addDependencies adds those of one field of a package.json.
func addDependencies(all map[string]string, field string, value json.RawMessage) error {
	var named map[string]json.RawMessage
	if value != nil && json.Unmarshal(value, &named) != nil {
		return fmt.Errorf("%s must be an object of names and versions", field)
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		var version *string
		if json.Unmarshal(named[name], &version) != nil || version == nil {
			return fmt.Errorf("%s: the version of %q must be a string", field, name)
		}
		all[name] = *version
	}
	return nil
}

// filePath is the path that a dependency names, if it names one.
func filePath(dependency string) (string, bool) {
	for _, scheme := range []string{"file:", "link:", "portal:"} {
		if rest, ok := strings.CutPrefix(dependency, scheme); ok {
			if _, local, ok := strings.Cut(rest, "//"); ok && strings.HasPrefix(rest, "//") {
				rest = local
			}
			return rest, true
		}
	}
	for _, beginning := range []string{"./", "../", "/", "~/"} {
		if strings.HasPrefix(dependency, beginning) {
			return dependency, true
		}
	}
	return "", false
}

// checkDependencies refuses a package.json that is none, and dependencies of one
// that lie outside the code: they are not packed, so nobody could install them.
func (c code) checkDependencies(language string) error {
	const file = "package.json"
	if language != "node" {
		return nil
	}
	if err := c.checkNull(file); err != nil || !c.has(file) {
		return err
	}
	dependencies, err := dependenciesOf(c.read(file))
	if err != nil {
		return fault.New(fault.Invalid, "%s: %w", file, err).WithHint("edit %s", file)
	}
	for _, name := range slices.Sorted(maps.Keys(dependencies)) {
		where, ok := filePath(dependencies[name])
		if !ok || !strings.HasPrefix(where, "/") && !strings.HasPrefix(where, "~") && !strings.HasPrefix(path.Clean(where)+"/", "../") {
			continue
		}
		if c.has("node_modules/" + name + "/package.json") {
			continue // it came with the code
		}
		return fault.New(fault.Invalid, "the dependency %s of %s is %s, which is not in the code: what lies outside its directory is not packed", name, file, dependencies[name]).
			WithHint("cd %s && npm install \"$(npm pack %s)\"", c.root, where)
	}
	return nil
}

// checkNull refuses one further down that is null. Of what else is no description
// node says so, or passes over it; on this it fails without naming the file.
func (c code) checkNull(file string) error {
	for _, f := range c.files {
		if path.Base(f.Name) != file || f.Name == file || strings.Contains("/"+f.Name, "/node_modules/") {
			continue
		}
		if strings.TrimSpace(c.read(f.Name)) == "null" {
			return fault.New(fault.Invalid, "%s: it must be an object", f.Name).WithHint("edit %s", f.Name)
		}
	}
	return nil
}
