package supervise

import (
	"slices"

	"github.com/fnhost/fn/worker"
)

// resolveBootstrap finds what a function of language provided is started with:
// the file that the handler names, else bootstrap, whose affair the handler then
// is; without either, the only candidate.
func resolveBootstrap(handler, code, path string) (command, error) {
	names := []string{handler, worker.DefaultProvided}
	if only, ok := onlyCandidate(code); ok && handler == "" {
		names = append(names, only)
	}
	for _, name := range names {
		found, ok := inCode([]string{name}, code)
		if name == "" || !ok {
			continue
		}
		if handler != "" {
			found.handler = handler
		}
		return found.likeLambda(path), found.check()
	}
	if handler == "" {
		handler = worker.DefaultProvided
	}
	return command{}, failed(worker.Invalid, "handler %q: there is neither a file of this name in the code nor one called %s",
		handler, worker.DefaultProvided)
}

// likeLambda gives a script for sh to bash, by the name of sh, where there is
// one: on AWS Lambda sh is bash, and scripts rely on it (pipefail, source).
func (c command) likeLambda(path string) command {
	interpreter := c.interpreter
	if len(interpreter) == 0 || interpreter[0] != "/bin/sh" && interpreter[0] != "/usr/bin/sh" {
		return c
	}
	if bash := onPath("bash", path); bash != "" {
		c.path, c.args = bash, slices.Concat([]string{"sh"}, interpreter[1:], []string{c.file})
	}
	return c
}
