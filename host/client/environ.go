package client

import (
	"slices"
	"strings"
)

// hostEnv is what of the caller's environment the host itself runs with: where
// its directories are, and what its plugins need to be found and to speak the
// user's language. FN_HOST and FN_MANIFEST are for this client to read, and
// home, where it is set, replaces a FN_HOME that may be relative.
func hostEnv(caller []string, home string) []string {
	names := []string{
		"HOME", "PATH", "USER", "LOGNAME", "TMPDIR", "LANG", "TZ",
		"USERPROFILE", "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "TEMP", "TMP", "PATHEXT", "COMSPEC", "USERNAME",
	}
	prefixes := []string{"FN_", "XDG_", "LC_"}
	var env []string
	for _, entry := range caller {
		name, _, _ := strings.Cut(entry, "=")
		name = envName(name)
		switch name {
		case "FN_HOST", "FN_MANIFEST", "FN_HOME":
			continue
		}
		if slices.Contains(names, name) || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			env = append(env, entry)
		}
	}
	if home != "" {
		env = append(env, "FN_HOME="+home)
	}
	return env
}
