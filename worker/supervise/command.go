package supervise

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fnhost/fn/worker"
)

// A command is what an exec handler names.
type command struct {
	handler string   // as resolved
	path    string   // the executable
	args    []string // with the name it is called by first

	// Of a file of the code that is a script:
	file        string
	interpreter []string // the words of its #! line, or those of what runs it without one
	marked      bool     // it has such a line
}

// check refuses what the system would refuse in words that do not help.
func (c command) check() error {
	if c.marked && strings.HasSuffix(firstLine(c.file), "\r") {
		return failed(worker.Invalid,
			"handler %q: its first line ends in a carriage return, as on Windows; save the file with the line ends of Unix", c.handler)
	}
	return nil
}

// unstarted says why the system did not start the command. Of a script whose
// interpreter is missing it says that the script itself is.
func (c command) unstarted(err error) *worker.Failure {
	switch gone := errors.Is(err, fs.ErrNotExist); {
	case gone && c.marked:
		return missing(worker.Invalid, c.interpreter[0], "handler %q: its first line names the interpreter %q, which is not there", c.handler, c.interpreter[0])
	case gone && c.interpreter != nil:
		return missing(worker.Invalid, c.interpreter[0], "handler %q: there is no %s to run it", c.handler, c.interpreter[0])
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
		return found, found.check()
	}
	if len(words) == 1 && words[0] == worker.DefaultExec {
		if name, ok := onlyCandidate(code); ok {
			found, _ := inCode([]string{name}, code)
			return found, found.check()
		}
	}
	if !strings.Contains(words[0], "/") {
		if program := onPath(words[0], path); program != "" {
			return command{handler: strings.Join(words, " "), path: program, args: words}, nil
		}
	}
	return command{}, failed(worker.Invalid,
		"handler %q: there is no file %q in the code and no such program in PATH", strings.Join(words, " "), words[0])
}

// onPath finds a program; empty where there is none.
func onPath(name, path string) string {
	for _, dir := range filepath.SplitList(path) {
		if file := filepath.Join(dir, name); executable(file) {
			return file
		}
	}
	return ""
}

// inCode resolves words whose first is a file of the code. A script that is not
// marked executable is given to its interpreter, as the kernel would; a program
// in machine code is made executable, since this copy of it is the call's own.
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
	mayRun := info.Mode().Perm()&0o111 != 0
	if binary(file) {
		if !mayRun {
			os.Chmod(file, 0o700) //nolint:errcheck // its start tells
		}
		return c, true
	}
	c.file, c.interpreter = file, scriptInterpreter(file)
	if c.marked = c.interpreter != nil; !c.marked {
		c.interpreter = []string{"/bin/sh"}
	}
	if !mayRun || !c.marked {
		c.path, c.args = c.interpreter[0], slices.Concat(c.interpreter, c.args)
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
