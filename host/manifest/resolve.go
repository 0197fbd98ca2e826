package manifest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// PluginPrefix begins the name of every plugin's executable.
const PluginPrefix = "fn-plugin-"

// badPlugin says what is wrong with a plugin's name or path.
func badPlugin(plugin string) string {
	switch {
	case plugin == "":
		return "it is empty; leave it out, or name an executable"
	case strings.ContainsAny(plugin, "\x00\n"):
		return "it has a character that no path has"
	case plugin == "." || plugin == "..":
		return "it is a directory; name an executable"
	default:
		return ""
	}
}

// Resolve finds the executable of a component: a bare name beside fn first,
// then on path (a PATH whose relative entries do not count); a path as it is,
// from the home directory after "~/", else from the manifest's directory. One
// that is not there, or no executable, is Broken.
func Resolve(c Component, beside, path string) (string, error) {
	plugin := c.Plugin
	if plugin == "" {
		plugin = PluginPrefix + c.Name
	}
	if isPath(plugin) {
		file, err := expand(plugin, c.Dir)
		if err == nil {
			err = executable(file)
		}
		if err != nil {
			return "", unusable(c, file, err)
		}
		return file, nil
	}
	for _, dir := range append([]string{beside}, filepath.SplitList(path)...) {
		if !filepath.IsAbs(dir) { // entering a directory must not start a program
			continue
		}
		file := filepath.Join(dir, withSuffix(plugin))
		switch err := executable(file); {
		case err == nil:
			return file, nil
		case dir == beside && !errors.Is(err, fs.ErrNotExist):
			return "", unusable(c, file, err)
		}
	}
	return "", broken(c, "%s is neither beside fn in %s nor on PATH", plugin, beside).
		WithHint("install %s, or: fn plugins remove %s", plugin, c.Name)
}

func broken(c Component, format string, args ...any) *fault.Error {
	return fault.New(fault.Broken, format, args...).In(c.Name, "plugin")
}

var (
	errDirectory     = errors.New("is a directory")
	errNotExecutable = errors.New("is not executable")
)

// executable is nil where file can be started.
func executable(file string) error {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errDirectory
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o111 == 0:
		return errNotExecutable
	default:
		return nil
	}
}

func unusable(c Component, file string, err error) error {
	switch {
	case errors.Is(err, errNotExecutable):
		return broken(c, "%s %w", file, err).WithHint("chmod +x %s", file)
	case errors.Is(err, fs.ErrNotExist):
		return broken(c, "%s does not exist", file).
			WithHint("install it there, or: fn plugins remove %s", c.Name)
	case errors.Is(err, errDirectory):
		return broken(c, "%s %w", file, err).WithHint("fn plugins remove %s", c.Name)
	default:
		return broken(c, "%w", err).WithHint("fn plugins remove %s", c.Name)
	}
}

func isPath(plugin string) bool {
	return strings.ContainsRune(plugin, '/') || strings.ContainsRune(plugin, filepath.Separator)
}

func expand(plugin, dir string) (string, error) {
	if rest, ok := strings.CutPrefix(plugin, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return plugin, err
		}
		return filepath.Join(home, rest), nil
	}
	if filepath.IsAbs(plugin) {
		return filepath.Clean(plugin), nil
	}
	return filepath.Abs(filepath.Join(dir, plugin))
}

func withSuffix(name string) string {
	if runtime.GOOS == "windows" && !strings.EqualFold(filepath.Ext(name), ".exe") {
		return name + ".exe"
	}
	return name
}
