package manifest

import (
	"slices"
	"strings"
)

const defaultHead = `# The components that fn may use, one table each:
#
#	[docker]                       # its name
#	plugin = "fn-plugin-docker"    # default: fn-plugin-<name>; beside fn, on PATH, or a path
#	env    = ["DOCKER_*", "HOME"]  # what of your environment it may see
#	[docker.config]                # its own settings
#
# Without --on and a default, a call goes to the first one that works on this machine.
`

// WriteDefault writes a first manifest for the plugins found (names of
// executables, see Discover), the embedded local one first. A manifest that is
// there already stays as it is.
func WriteDefault(path string, found []string) error {
	var names []string
	for _, file := range found {
		if name := componentName(file); ValidName(name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case a == "local":
			return -1
		case b == "local":
			return 1
		default:
			return strings.Compare(a, b)
		}
	})
	text := []byte(defaultHead)
	for _, name := range slices.Compact(names) {
		text = withSection(text, name, "")
	}
	return replace(path, func(old []byte) ([]byte, error) {
		if old != nil {
			return nil, nil
		}
		return text, nil
	})
}
