package function

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// inferRuntime guesses the runtime of code that names none; its handler may be
// known. A handler that names a file, or has arguments, is a command line; one
// that names a module tells the language, wherever the module lies.
func (c code) inferRuntime(handler string) (string, error) {
	switch {
	case strings.ContainsAny(handler, " \t") || handler != "" && handler != "bootstrap" && c.has(execFile(handler)):
		return "exec", nil
	case c.has("run"):
		return "exec", nil
	case c.has("bootstrap"):
		return "provided", nil
	case handler != "" && c.checkHandler("python", handler) == nil:
		return "python", nil
	case c.nodeFile(handler):
		return "node", nil
	case len(c.top(isPython)) > 0:
		return "python", nil
	case c.has("go.mod"), len(c.top(isGo)) > 0:
		return languageGo, nil
	case len(c.top(isNode)) > 0:
		return "node", nil
	case len(c.top(isExecutable)) > 0, len(c.top(c.isScript)) > 0:
		return "exec", nil
	}
	text, guess := "nothing here tells the runtime: no *.py, no *.js, no *.go, no executable", c.below()
	if guess == "" {
		guess = "exec"
	} else {
		text += " at the top of the directory, and what lies further down is not looked at"
	}
	return "", fault.New(fault.Invalid, "%s", text).WithHint("--runtime %[1]s, or runtime = \"%[1]s\" in fn.toml", guess)
}

// below is the language of most files in directories of the code; exec where
// they are of none, and empty where there are no such files.
func (c code) below() (runtime string) {
	count := func(is func(bundle.File) bool) (n int) {
		for _, f := range c.files {
			if path.Dir(f.Name) != "." && is(f) {
				n++
			}
		}
		return n
	}
	if count(anyFile) > 0 {
		runtime = "exec"
	}
	most := 0
	for _, language := range []struct {
		name string
		is   func(bundle.File) bool
	}{{"python", isPython}, {"node", isNode}, {languageGo, isGo}} {
		if n := count(language.is); n > most {
			most, runtime = n, language.name
		}
	}
	return runtime
}

// inferHandler finds the handler of code that names none: the default of the
// language, else the only candidate; note says which one it took.
func (c code) inferHandler(language string) (handler, note string, err error) {
	var standard string
	var candidates []string
	switch language {
	case "exec":
		standard, candidates = "run", c.execCandidates()
		if c.has("run") {
			return standard, "", nil
		}
	case "python":
		standard, candidates = "handler.handler", c.pythonCandidates()
		if c.has("handler.py") || c.has("handler/__init__.py") {
			return standard, "", nil
		}
	case "node":
		standard, candidates = "index.handler", c.nodeCandidates()
		if c.nodeModule("index") {
			return standard, "", nil
		}
	case "provided", languageGo:
		standard, candidates = "bootstrap", c.execCandidates()
		if c.has("bootstrap") {
			return standard, "", nil
		}
	default:
		return "", "", fault.New(fault.Invalid, "%s has no default handler yet", language).WithHint("--handler NAME")
	}
	switch len(candidates) {
	case 1:
		return candidates[0], "handler: " + candidates[0] + ", the only candidate", nil
	case 0:
		return "", "", fault.New(fault.Invalid, "no handler: neither %s nor a candidate for it is there", standard).
			WithHint("--handler NAME, or handler = \"NAME\" in fn.toml")
	default:
		return "", "", fault.New(fault.Invalid, "no handler: %s is not there, and there are several candidates: %s", standard, strings.Join(candidates, ", ")).
			WithHint("--handler %s", candidates[0])
	}
}

func (c code) execCandidates() []string {
	if executables := c.top(isExecutable); len(executables) > 0 {
		return executables
	}
	if scripts := c.top(c.isScript); len(scripts) > 0 {
		return scripts
	}
	if len(c.files) == 1 {
		return c.top(anyFile)
	}
	return nil
}

var pythonHandler = regexp.MustCompile(`(?m)^(?:async +)?(?:def +(handler|lambda_handler|main)\b|(handler|lambda_handler) *=)`)

// pythonCandidates are the modules at the top that define something with a
// handler's usual name.
func (c code) pythonCandidates() []string {
	var candidates []string
	for _, name := range c.top(isPython) {
		for _, match := range pythonHandler.FindAllStringSubmatch(c.read(name), -1) {
			candidate := strings.TrimSuffix(name, ".py") + "." + match[1] + match[2]
			if !slices.Contains(candidates, candidate) {
				candidates = append(candidates, candidate)
			}
		}
	}
	return candidates
}
