package requirements

import (
	"encoding/json"
	"path/filepath"
	"strings"
)

// Elsewhere is the content of File for an installer on another machine: what it
// names here by an absolute path is replaced by what place says. Such are
// directories of wheels (--find-links) and packages of npm (file:). place
// returns "" to leave a path as it is.
func (n Needs) Elsewhere(place func(path string) string) string {
	if n.Language == Node {
		return packagesElsewhere(n.Text[0], place)
	}
	written := strings.Split(n.Text[0], "\n")
	for i, line := range written {
		said := lines(line)
		if len(said) != 1 {
			continue
		}
		link := findLinks.FindStringSubmatch(said[0])
		if link == nil {
			continue
		}
		if there := elsewhere(strings.TrimPrefix(link[1], "file://"), place); there != "" {
			written[i] = "--find-links " + there
		}
	}
	return strings.Join(written, "\n")
}

func packagesElsewhere(text string, place func(path string) string) string {
	var described map[string]any
	if json.Unmarshal([]byte(strings.TrimPrefix(text, "\ufeff")), &described) != nil {
		return text
	}
	changed := false
	for _, field := range []string{"dependencies", "optionalDependencies"} {
		dependencies, _ := described[field].(map[string]any)
		for name, value := range dependencies {
			version, _ := value.(string)
			path, isFile := strings.CutPrefix(version, "file:")
			if !isFile {
				continue
			}
			if there := elsewhere(strings.TrimPrefix(path, "//"), place); there != "" {
				dependencies[name], changed = "file:"+there, true
			}
		}
	}
	if replaced, err := json.Marshal(described); changed && err == nil {
		return string(replaced)
	}
	return text
}

func elsewhere(path string, place func(path string) string) string {
	if !filepath.IsAbs(path) {
		return ""
	}
	return place(filepath.Clean(path))
}
