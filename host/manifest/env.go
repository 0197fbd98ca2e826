package manifest

import (
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// Windows has names like ProgramFiles(x86).
var envPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_().]*\*?$`)

// badPattern says what is wrong with a pattern of environment variables.
func badPattern(pattern string) string {
	switch {
	case envPattern.MatchString(pattern):
		return ""
	case pattern == "*":
		return `"*" would show it everything; name what it needs, as NAME or PREFIX*`
	case strings.Contains(pattern, "="):
		return fmt.Sprintf("%q sets a value; it takes NAME or PREFIX*, whose values come from the caller", pattern)
	default:
		return fmt.Sprintf("%q is neither NAME nor PREFIX*", pattern)
	}
}

// FilterEnv is what of env (NAME=value) the patterns (NAME or PREFIX*) let
// through: sorted, each name once, the last of several winning.
func FilterEnv(patterns, env []string) []string {
	last := map[string]string{}
	for _, entry := range env {
		name, _, ok := strings.Cut(entry, "=")
		if !ok || name == "" { // Windows keeps per-drive directories as "=C:=…"
			continue
		}
		name = fold(name)
		if slices.ContainsFunc(patterns, func(p string) bool { return matches(fold(p), name) }) {
			last[name] = entry
		}
	}
	filtered := make([]string, 0, len(last))
	for _, entry := range last {
		filtered = append(filtered, entry)
	}
	slices.Sort(filtered)
	return filtered
}

func matches(pattern, name string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return prefix != "" && strings.HasPrefix(name, prefix)
	}
	return pattern == name
}

// fold makes names comparable: Windows ignores their case.
func fold(name string) string {
	if runtime.GOOS == "windows" {
		return strings.ToUpper(name)
	}
	return name
}
