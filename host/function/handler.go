package function

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// code is packed code together with where it came from, to look into.
type code struct {
	root   string // the file or directory that was packed
	stored string // or the bundle that it is in
	files  []bundle.File
}

func (c code) has(name string) bool {
	return slices.ContainsFunc(c.files, func(f bundle.File) bool { return f.Name == name })
}

// open opens one of the files.
func (c code) open(name string) (io.ReadCloser, error) {
	if c.stored != "" {
		return openStored(c.stored, name)
	}
	if info, err := os.Stat(c.root); err == nil && !info.IsDir() {
		return os.Open(c.root)
	}
	return os.Open(filepath.Join(c.root, filepath.FromSlash(name)))
}

// read is the text of one of the files; empty where it cannot be read.
func (c code) read(name string) string {
	file, err := c.open(name)
	if err != nil {
		return ""
	}
	defer file.Close()
	text, err := io.ReadAll(file)
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

// isScript tells of a file that is not executable whether it is to be executed
// nevertheless: packed on Windows or by an upload, scripts lose their mode.
func (c code) isScript(f bundle.File) bool {
	return path.Ext(f.Name) == ".sh" || strings.HasPrefix(c.head(f.Name), "#!")
}

// head is the beginning of one of the files; empty where it cannot be read.
func (c code) head(name string) string {
	file, err := c.open(name)
	if err != nil {
		return ""
	}
	defer file.Close()
	start := make([]byte, 64)
	n, _ := io.ReadFull(file, start)
	return string(start[:n])
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
		if outside(handler) {
			return notInCode(handler)
		}
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

// outside tells whether a handler names a module by a path that leaves the code.
func outside(handler string) bool {
	return strings.HasPrefix(handler, "/") || slices.Contains(strings.Split(handler, "/"), "..")
}

func notInCode(handler string) error {
	return fault.New(fault.Invalid, "handler %q: it must lie in the code, without / at its beginning and without ..", handler)
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
	if c.has(program) {
		return c.checkScript(program)
	}
	if !strings.Contains(words[0], "/") && program != "run" {
		return nil // a program on PATH
	}
	return fault.New(fault.Invalid, "handler %q: there is no such file in the code", words[0])
}

// checkScript refuses a script of another language than the shell's that does
// not say so in its first line: the shell would run it.
func (c code) checkScript(file string) error {
	interpreters := map[string]string{".py": "python3", ".js": "node", ".rb": "ruby", ".pl": "perl"}
	interpreter, known := interpreters[path.Ext(file)]
	if !known || strings.HasPrefix(c.head(file), "#!") {
		return nil
	}
	hint := fmt.Sprintf("--handler '%s %s'", interpreter, file)
	switch interpreter {
	case "python3":
		hint = "--runtime python, or " + hint
	case "node":
		hint = "--runtime node, or " + hint
	}
	return fault.New(fault.Invalid, "handler %s: it does not begin with a line such as #!/usr/bin/env %s, so the shell would run it", file, interpreter).
		WithHint("%s", hint)
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
