package requirements

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk"
)

// Modules is where node looks for packages.
const Modules = "node_modules"

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
	if _, none, sumErr := below(z, Modules); err != nil || sumErr != nil || !wants || !none {
		return n, errors.Join(err, sumErr)
	}
	n = Needs{Language: Node, File: "package.json", Text: []string{text}}
	all := slices.ContainsFunc([]string{`"file:`, `"link:`, `"./`, `"workspaces"`}, func(part string) bool { return strings.Contains(text, part) })
	for _, name := range []string{"npm-shrinkwrap.json", "package-lock.json", ".npmrc"} {
		text, found, err := textOf(z, name)
		if err != nil {
			return n, err
		}
		n.Lock = n.Lock || found && name != ".npmrc"
		n.Text = append(n.Text, text)
	}
	if all {
		sum, _, err := below(z, "")
		if err != nil {
			return n, err
		}
		n.Text = append(n.Text, sum)
	}
	return n, nil
}

// NpmArguments are those of npm in a directory with the package.json. Scripts of
// packages are run, as npm does for anybody.
func (n Needs) NpmArguments() []string {
	command := []string{"install", "--no-package-lock"}
	if n.Lock {
		command = []string{"ci"}
	}
	return append(command, "--omit=dev", "--install-links", "--no-audit", "--no-fund", "--no-update-notifier",
		"--no-progress", "--no-color", "--loglevel=http")
}
