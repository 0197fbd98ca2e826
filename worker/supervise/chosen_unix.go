//go:build unix

package supervise

import (
	"cmp"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/worker"
)

// own is what an executable function is started with.
type own struct {
	command
	dir string            // where it begins
	env map[string]string // of the worker, as far as it sees that
}

// choose finds what an injection wants run: a file of the code by resolve or,
// where the function is an image, that image's command.
func choose(injection worker.Injection, h home, environ []string, resolve func(handler, code, path string) (command, error)) (own, error) {
	base := baseEnv(environ, h)
	if len(injection.Command) == 0 {
		found, err := resolve(injection.Handler, h.code(), base["PATH"])
		return own{found, h.code(), base}, err
	}
	all := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		all[name] = value
	}
	env := merge(all, base)
	dir := cmp.Or(injection.WorkDir, "/")
	found, err := ofImage(injection.Command, dir, env["PATH"])
	return own{found, dir, env}, err
}

// ofImage finds the command of an image.
func ofImage(words []string, dir, path string) (command, error) {
	c := command{handler: strings.Join(words, " "), path: words[0], args: words}
	switch {
	case !strings.Contains(words[0], "/"):
		c.path = onPath(words[0], cmp.Or(path, usualPath))
	case !filepath.IsAbs(words[0]):
		c.path = filepath.Join(dir, words[0])
	}
	if c.path == "" || !executable(c.path) {
		return c, failed(worker.Invalid, "the image's command %q: it has no program %s that this user may run", c.handler, words[0])
	}
	return c, nil
}
