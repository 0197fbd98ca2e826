package supervise

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fnhost/fn/worker"
)

// A command is what an exec handler names.
type command struct {
	handler string   // as resolved
	path    string   // the executable
	args    []string // with the name it is called by first
	script  string   // the file whose #! line names what starts it; may be empty
}

// unstarted says why the system did not start the command. Of a script whose
// interpreter is missing it says that the script itself is.
func (c command) unstarted(err error) *worker.Failure {
	if c.script != "" && errors.Is(err, fs.ErrNotExist) {
		name, _, _ := strings.Cut(strings.Trim(firstLine(c.script), " \t"), " ")
		return failed(worker.Invalid, "handler %q: its first line names the interpreter %q, which is not there", c.handler, name)
	}
	return failed(worker.Invalid, "handler %q: %v", c.handler, err)
}

// resolve finds the handler: a file of the code, or else a program on path (as
// in PATH), with arguments after it, separated by spaces.
func resolve(handler, code, path string) (command, error) {
	words := strings.Fields(handler)
	if len(words) == 0 {
		words = []string{worker.DefaultExec}
	}
	if found, ok := inCode(words, code); ok {
		return found, nil
	}
	if len(words) == 1 && words[0] == worker.DefaultExec {
		if name, ok := onlyCandidate(code); ok {
			found, _ := inCode([]string{name}, code)
			return found, nil
		}
	}
	if !strings.Contains(words[0], "/") {
		for _, dir := range filepath.SplitList(path) {
			if file := filepath.Join(dir, words[0]); executable(file) {
				return command{handler: strings.Join(words, " "), path: file, args: words}, nil
			}
		}
	}
	return command{}, failed(worker.Invalid,
		"handler %q: there is no file %q in the code and no such program in PATH", strings.Join(words, " "), words[0])
}

// inCode resolves words whose first is a file of the code. A script that is not
// marked executable is given to its interpreter, as the kernel would.
func inCode(words []string, code string) (command, bool) {
	if !filepath.IsLocal(words[0]) {
		return command{}, false
	}
	file := filepath.Join(code, words[0])
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() {
		return command{}, false
	}
	c := command{handler: strings.Join(words, " "), path: file, args: append([]string{file}, words[1:]...)}
	interpreter := scriptInterpreter(file)
	if interpreter != nil {
		c.script = file
	}
	if info.Mode().Perm()&0o111 == 0 || interpreter == nil && !binary(file) {
		if interpreter == nil {
			interpreter = []string{"/bin/sh"}
		}
		c.path, c.args = interpreter[0], append(interpreter, c.args...)
	}
	return c, true
}

// onlyCandidate returns the one executable file at the top of the code or, if
// there is none, the one script.
func onlyCandidate(code string) (string, bool) {
	entries, _ := os.ReadDir(code)
	var marked, scripts []string
	for _, entry := range entries {
		file := filepath.Join(code, entry.Name())
		if !entry.Type().IsRegular() {
			continue
		}
		if executable(file) {
			marked = append(marked, entry.Name())
		} else if scriptInterpreter(file) != nil || strings.HasSuffix(file, ".sh") {
			scripts = append(scripts, entry.Name())
		}
	}
	switch {
	case len(marked) == 1:
		return marked[0], true
	case len(marked) == 0 && len(scripts) == 1:
		return scripts[0], true
	}
	return "", false
}

// scriptInterpreter returns the words of file's #! line, nil if it has none.
// All after the first word is one argument, as for the kernel.
func scriptInterpreter(file string) []string {
	name, argument, _ := strings.Cut(strings.TrimSpace(firstLine(file)), " ")
	if name == "" {
		return nil
	}
	if argument = strings.TrimSpace(argument); argument != "" {
		return []string{name, argument}
	}
	return []string{name}
}

// firstLine returns what stands on file's first line after #!, if it begins so.
func firstLine(file string) string {
	line, ok := strings.CutPrefix(head(file, 256), "#!")
	if !ok {
		return ""
	}
	line, _, _ = strings.Cut(line, "\n")
	return line
}

// binary reports whether file is a program in machine code: text never holds a
// zero byte, and every such format does within its header.
func binary(file string) bool { return strings.ContainsRune(head(file, 64), 0) }

func head(file string, n int64) string {
	open, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer open.Close()
	start, _ := io.ReadAll(io.LimitReader(open, n))
	return string(start)
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}
