package manifest

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Discover are the plugins' executables in a directory, by name: what a first
// manifest is made of. A directory that cannot be read has none.
func Discover(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var found []string
	for _, entry := range entries {
		if ValidName(componentName(entry.Name())) && executable(filepath.Join(dir, entry.Name())) == nil {
			found = append(found, entry.Name())
		}
	}
	slices.Sort(found)
	return found
}

// componentName is what a component is called after its executable; empty
// where the file is no plugin.
func componentName(file string) string {
	if runtime.GOOS == "windows" {
		file = strings.TrimSuffix(strings.ToLower(file), ".exe")
	}
	name, ok := strings.CutPrefix(filepath.Base(file), PluginPrefix)
	if !ok {
		return ""
	}
	return name
}
