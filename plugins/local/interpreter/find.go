package interpreter

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fnhost/fn/sdk"
)

// askLimit bounds one question to an interpreter.
const askLimit = 20 * time.Second

// Interpreter is one that can be started.
type Interpreter struct {
	Path    string // absolute, of the executable itself
	Version string // "3.11.2"
}

// Finder finds the interpreter of a language and remembers it.
type Finder struct {
	Language
	Path  string   // the directories to look in, as in the variable PATH
	Env   []string // what a script on Path may need to choose, with PATH
	Cache string   // the file to remember answers in; may be missing

	mu    sync.Mutex
	known *answer
}

// Find returns the interpreter. Every error is of kind Unavailable and has a
// hint. Once found and unchanged it costs a few looks into directories.
func (f *Finder) Find(ctx context.Context) (Interpreter, error) {
	shim, err := f.look()
	if err != nil {
		return Interpreter{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil {
		f.known = load(f.Cache)
	}
	if f.known == nil || !f.known.stillTrue(shim) {
		found, err := f.ask(ctx, shim)
		if err != nil {
			return Interpreter{}, err
		}
		f.known = newAnswer(shim, found)
		f.known.save(f.Cache)
	}
	found := f.known.Interpreter
	if sdk.CompareVersions(found.Version, f.Minimum) < 0 {
		return found, sdk.Errorf(sdk.Unavailable, "%s is %s %s, at least %s is needed", found.Path, f.Name, found.Version, f.Minimum).
			WithHint("%s", f.install())
	}
	return found, nil
}

// look finds the first executable of a fitting name in the directories of Path.
func (f *Finder) look() (string, error) {
	for _, program := range f.Programs {
		for _, dir := range filepath.SplitList(f.Path) {
			if !filepath.IsAbs(dir) {
				continue // would depend on where the caller stands
			}
			if found, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
				return found, nil
			}
		}
	}
	return "", sdk.Errorf(sdk.Unavailable, "there is no %s in PATH", f.Programs[0]).WithHint("%s", f.install())
}

// ask starts what was found and lets it tell who it is.
func (f *Finder) ask(ctx context.Context, path string) (found Interpreter, err error) {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, f.Question...)
	cmd.Env, cmd.Dir = f.Env, string(filepath.Separator)
	cmd.WaitDelay = time.Second
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &found)
	}
	if err == nil && !filepath.IsAbs(found.Path) {
		err = fmt.Errorf("it calls itself %q", found.Path)
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return found, sdk.Errorf(sdk.Unavailable, "%s does not start: %w%s", path, err, firstLine(complaint.String())).
			WithHint("%s --version", path)
	}
	return found, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line == "" {
		return ""
	}
	return " (" + line + ")"
}

// stamp tells whether a file is the same as before.
type stamp struct {
	Path     string
	Modified time.Time
	Size     int64
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{Path: path}
	}
	return stamp{Path: path, Modified: info.ModTime().UTC(), Size: info.Size()}
}
