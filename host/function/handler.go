package function

import (
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// code is packed code together with where it came from, to look into.
type code struct {
	root  string // the file or directory that was packed
	files []bundle.File
}

func (c code) has(name string) bool {
	return slices.ContainsFunc(c.files, func(f bundle.File) bool { return f.Name == name })
}

// locate is the path of one of the files.
func (c code) locate(name string) string {
	if info, err := os.Stat(c.root); err == nil && !info.IsDir() {
		return c.root
	}
	return filepath.Join(c.root, filepath.FromSlash(name))
}

// read is the text of one of the files; empty where it cannot be read.
func (c code) read(name string) string {
	text, err := os.ReadFile(c.locate(name))
	if err != nil {
		return ""
	}
	return string(text)
}

// top lists the files at the top that keep accepts.
func (c code) top(keep func(bundle.File) bool) []string {
	var names []string
	for _, f := range c.files {
		if path.Dir(f.Name) == "." && keep(f) {
			names = append(names, f.Name)
		}
	}
	return names
}

func isPython(f bundle.File) bool     { return path.Ext(f.Name) == ".py" }
func isGo(f bundle.File) bool         { return path.Ext(f.Name) == ".go" }
func isExecutable(f bundle.File) bool { return f.Mode&0o111 != 0 }
func anyFile(bundle.File) bool        { return true }

// inferRuntime guesses the runtime of code that names none; its handler may be
// known. A handler that names a file, or has arguments, is a command line.
func (c code) inferRuntime(handler string) (string, error) {
	switch {
	case strings.ContainsAny(handler, " \t") || handler != "" && handler != "bootstrap" && c.has(execFile(handler)):
		return "exec", nil
	case c.has("run"):
		return "exec", nil
	case c.has("bootstrap"):
		return "provided", nil
	case len(c.top(isPython)) > 0:
		return "python", nil
	case c.has("go.mod"), len(c.top(isGo)) > 0:
		return languageGo, nil
	case len(c.top(isNode)) > 0:
		return "node", nil
	case len(c.top(isExecutable)) > 0, len(c.top(c.isScript)) > 0:
		return "exec", nil
	}
	return "", fault.New(fault.Invalid, "nothing here tells the runtime: no *.py, no *.js, no *.go, no executable").
		WithHint("--runtime exec, or runtime = \"exec\" in fn.toml")
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

// isScript tells of a file that is not executable whether it is to be executed
// nevertheless: packed on Windows or by an upload, scripts lose their mode.
func (c code) isScript(f bundle.File) bool {
	return path.Ext(f.Name) == ".sh" || strings.HasPrefix(c.head(f.Name), "#!")
}

// head is the beginning of one of the files; empty where it cannot be read.
func (c code) head(name string) string {
	file, err := os.Open(c.locate(name))
	if err != nil {
		return ""
	}
	defer file.Close()
	start := make([]byte, 64)
	n, _ := io.ReadFull(file, start)
	return string(start[:n])
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

// checkHandler refuses a handler whose file cannot be in the code.
func (c code) checkHandler(language, handler string) error {
	switch language {
	case "exec":
		return c.checkExec(handler)
	case "node":
		return c.checkNode(handler)
	case "provided", languageGo:
		// With a bootstrap the handler is its affair.
		if !c.has("bootstrap") && !c.has(execFile(handler)) {
			return fault.New(fault.Invalid, "handler %q: there is neither a file of this name in the code nor one called bootstrap", handler)
		}
	case "python":
		module, attribute, ok := cutHandler(handler)
		if !ok {
			return fault.New(fault.Invalid, "handler %q: a python handler is MODULE.FUNCTION", handler).
				WithHint("--handler handler.handler")
		}
		file := strings.ReplaceAll(module, ".", "/")
		if !c.has(file+".py") && !c.has(file+"/__init__.py") && !c.pythonPrefix(module) {
			return fault.New(fault.Invalid, "handler %s: there is no %s.py in the code", module+"."+attribute, file)
		}
	}
	return nil
}

// pythonPrefix tells whether a module's name begins with one that is there:
// the rest may be attributes (module.Class.method).
func (c code) pythonPrefix(module string) bool {
	for {
		cut := strings.LastIndexAny(module, "./")
		if cut < 0 {
			return false
		}
		module = module[:cut]
		file := strings.ReplaceAll(module, ".", "/")
		if c.has(file+".py") || c.has(file+"/__init__.py") {
			return true
		}
	}
}

func (c code) checkExec(handler string) error {
	words := strings.Fields(handler)
	if len(words) == 0 {
		return fault.New(fault.Invalid, "the handler is empty")
	}
	program := execFile(handler)
	if program == "." || !fs.ValidPath(program) {
		return fault.New(fault.Invalid, "handler %q: name a file of the code, or a program on PATH", words[0])
	}
	if c.has(program) || !strings.Contains(words[0], "/") && program != "run" {
		return nil // in the code, or a program on PATH
	}
	return fault.New(fault.Invalid, "handler %q: there is no such file in the code", words[0])
}

// checkHandlerText refuses what no process can be given as an argument.
func checkHandlerText(handler string) error {
	if strings.ContainsRune(handler, 0) || !utf8.ValidString(handler) {
		return fault.New(fault.Invalid, "handler %q: it holds a zero byte, or is not UTF-8", handler)
	}
	return nil
}

// execFile is the file of the code that an exec handler names, if it is in it.
func execFile(handler string) string {
	words := strings.Fields(handler)
	if len(words) == 0 {
		return ""
	}
	return path.Clean(filepath.ToSlash(words[0]))
}

// holds tells whether the file of a handler is in the code for certain.
func (c code) holds(language, handler string) bool {
	if language == "exec" {
		return c.has(execFile(handler))
	}
	return handler != "" && c.checkHandler(language, handler) == nil
}

// cutHandler splits MODULE.FUNCTION at its last dot.
func cutHandler(handler string) (module, attribute string, ok bool) {
	cut := strings.LastIndex(handler, ".")
	if cut <= 0 || cut == len(handler)-1 {
		return "", "", false
	}
	return handler[:cut], handler[cut+1:], true
}
