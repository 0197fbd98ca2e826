package function

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// dependenciesOf are the dependencies that the text of a package.json names.
func dependenciesOf(text string) (map[string]string, error) {
	var described struct {
		Dependencies map[string]string `json:"dependencies"`
		Optional     map[string]string `json:"optionalDependencies"`
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(text, "\ufeff")), &described); err != nil {
		return nil, fmt.Errorf("it is no package.json: %w", err)
	}
	all := map[string]string{}
	maps.Copy(all, described.Optional)
	maps.Copy(all, described.Dependencies)
	return all, nil
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

// checkDependencies refuses dependencies of a package.json that lie outside the
// code: they are not packed, so nobody could install them.
func (c code) checkDependencies(language string) error {
	const file = "package.json"
	if language != "node" || !c.has(file) {
		return nil
	}
	dependencies, err := dependenciesOf(c.read(file))
	if err != nil {
		return nil // node says better what is wrong with it
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
