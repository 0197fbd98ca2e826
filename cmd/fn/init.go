package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/fnhost/fn/sdk/fault"
)

func (c *commandLine) initCommand() *cli.Command {
	return &cli.Command{
		Name:        "init",
		Usage:       "write a small working function to start from",
		ArgsUsage:   "DIR",
		Description: "It writes the code, fn.toml and a sample event; the directory's name becomes\nthe function's. Files that are there already are never overwritten.",
		Flags:       []cli.Flag{&cli.StringFlag{Name: "runtime", Value: "python", Usage: "`RUNTIME`: python, node, go, provided or exec"}},
		Action: func(cc *cli.Context) error {
			return c.init(cc.Args().First(), cc.String("runtime"))
		},
	}
}

// handlers are the entry points of the templates.
func handlers() map[string]string {
	return map[string]string{"python": "handler.handler", "node": "index.handler", "exec": "run", "go": "bootstrap", "provided": "bootstrap"}
}

// initJSON is the JSON of init.
type initJSON struct {
	Name    string   `json:"name"`
	Runtime string   `json:"runtime"`
	Dir     string   `json:"dir"`
	Files   []string `json:"files"`
}

func (c *commandLine) init(dir, runtime string) error {
	if err := notEmpty([]string{dir}); err != nil {
		return err
	}
	handler, ok := handlers()[runtime]
	if !ok {
		return fault.New(fault.Invalid, "there is no template for runtime %q", runtime).
			In("", "init").WithHint("--runtime python, node, go, provided or exec")
	}
	name, err := functionName(c.abs(dir))
	if err != nil {
		return err
	}
	files, err := templateFiles(runtime)
	if err != nil {
		return err
	}
	files = append(files, newFile{"fn.toml", fmt.Appendf(nil, "name    = %q\nruntime = %q\nhandler = %q\n", name, runtime, handler), 0o644})
	if err := writeNew(c.abs(dir), files); err != nil {
		return err
	}
	result := initJSON{Name: name, Runtime: runtime, Dir: dir, Files: []string{}}
	for _, f := range files {
		result.Files = append(result.Files, f.name)
	}
	return show(c, result, func(initJSON) error {
		return c.printf("%s: %s\n\nnext:\n  fn apply %s && fn run %s @%s\n",
			dir, strings.Join(result.Files, ", "), shellWord(dir), name, shellWord(filepath.Join(dir, "event.json")))
	})
}

// functionName makes a function's name of a directory's.
func functionName(dir string) (string, error) {
	clean := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		default:
			return '-'
		}
	}
	name := strings.Trim(strings.Map(clean, filepath.Base(dir)), "-")
	name = strings.TrimLeft(name, "0123456789-") // a name begins with a letter
	if name == "" {
		return "", fault.New(fault.Invalid, "%s: its name makes no name for a function", dir).In("", "init").
			WithHint("fn init hello")
	}
	return name, nil
}

// newFile is a file to write.
type newFile struct {
	name    string
	content []byte
	mode    fs.FileMode
}

func templateFiles(runtime string) ([]newFile, error) {
	dir := path.Join("templates", runtime)
	entries, err := templates.ReadDir(dir)
	if err != nil {
		return nil, fault.New(fault.Internal, "%w", err).In("", "init")
	}
	var files []newFile
	for _, e := range entries {
		content, err := templates.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			return nil, fault.New(fault.Internal, "%w", err).In("", "init")
		}
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(string(content), "#!") {
			mode = 0o755
		}
		files = append(files, newFile{strings.TrimSuffix(e.Name(), ".tmpl"), content, mode})
	}
	return files, nil
}

// writeNew writes files into dir, none where one of them is there already.
func writeNew(dir string, files []newFile) error {
	exists := func(f newFile) bool {
		_, err := os.Lstat(filepath.Join(dir, f.name))
		return err == nil
	}
	if i := slices.IndexFunc(files, exists); i >= 0 {
		return fault.New(fault.Conflict, "%s is there already", filepath.Join(dir, files[i].name)).In("", "init").
			WithHint("choose another directory")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return cannotWrite(err)
	}
	for _, f := range files {
		file, err := os.OpenFile(filepath.Join(dir, f.name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, f.mode)
		if err != nil {
			return cannotWrite(err)
		}
		_, err = file.Write(f.content)
		if err := errors.Join(err, file.Close()); err != nil {
			return cannotWrite(err)
		}
	}
	return nil
}

func cannotWrite(err error) error {
	return fault.New(fault.PermissionDenied, "%w", err).In("", "init").WithHint("choose another directory")
}

// shellWord quotes text where a shell would take it apart.
func shellWord(text string) string {
	if strings.ContainsAny(text, " \t\n'\"\\$`*?[]{}()<>|&;!#~") {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}
