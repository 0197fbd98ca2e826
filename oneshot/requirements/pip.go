package requirements

import (
	"slices"
	"strings"
)

// NotAmongWheels is in what pip prints when the first of several ways to
// install does not have all and the next one may.
const NotAmongWheels = "No matching distribution found"

// PipArguments are those of pip in a directory with the requirements.txt, to
// install into target: first for the wheels that came with the code, where there
// are any, then for what else is missing.
func (n Needs) PipArguments(target string) [][]string {
	install := []string{"install", "--disable-pip-version-check", "--no-input", "--no-color",
		"--progress-bar", "off", "--no-warn-script-location", "--target", target, "-r", n.File}
	if !n.Offline {
		return [][]string{install}
	}
	install = append(install, "--find-links", Wheels)
	return [][]string{append(slices.Clone(install), "--no-index"), install}
}

// PipEnv is an environment without what would send packages elsewhere.
func PipEnv(env []string) []string {
	kept := slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_PYTHON", "PIP_DRY_RUN", "PIP_REQUIREMENT":
			return true
		}
		return false
	})
	if !slices.ContainsFunc(kept, func(v string) bool { return strings.HasPrefix(v, "PIP_RETRIES=") }) {
		kept = append(kept, "PIP_RETRIES=2")
	}
	return append(kept, "PIP_USER=0", "PIP_REQUIRE_VIRTUALENV=0", "PIP_ROOT_USER_ACTION=ignore", "LANG=C.UTF-8")
}
