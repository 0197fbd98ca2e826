//go:build unix

package supervise

import (
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/worker"
)

// usualPath is looked in where the environment has no PATH.
const usualPath = "/usr/local/bin:/usr/bin:/bin"

// findInterpreter returns the first of names, separated by commas, that path (as
// in PATH) leads to. An absolute path is taken as it is.
func findInterpreter(names, path string) (string, *worker.Failure) {
	if filepath.IsAbs(names) {
		return names, nil
	}
	if path == "" {
		path = usualPath
	}
	wanted := strings.Split(names, ",")
	for _, name := range wanted {
		if filepath.IsAbs(name) && executable(name) {
			return name, nil
		}
		for _, dir := range filepath.SplitList(path) {
			if file := filepath.Join(dir, name); filepath.IsAbs(dir) && executable(file) {
				return file, nil
			}
		}
	}
	return "", missing(worker.Unavailable, wanted[0], "there is no %s in PATH (%s)", strings.Join(wanted, " and no "), path)
}
