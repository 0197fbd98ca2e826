package build

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

// mostLines is what is shown of a tool's complaint.
const mostLines = 100

// tool is the go command at work in a copy of the code.
type tool struct {
	program string
	env     []string
	dir     string // of the copy
	path    string // of the original
}

// find looks a program up in the caller's PATH.
func find(name string, env []string) (string, error) {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	for _, entry := range env {
		list, ok := strings.CutPrefix(entry, "PATH=")
		if !ok {
			continue
		}
		for _, dir := range filepath.SplitList(list) {
			file := filepath.Join(dir, name)
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode()&0o111 != 0) {
				return file, nil
			}
		}
	}
	return "", fault.New(fault.Unavailable, "functions in Go are compiled, and there is no go command in your PATH").
		WithHint("install Go from https://go.dev/dl, or compile it elsewhere and use --runtime provided")
}

// environment is the caller's, with what makes the build the same everywhere.
func (b Builder) environment(dir string) []string {
	return append(slices.Clone(b.Env),
		"GOWORK=off", "GO111MODULE=on", "CGO_ENABLED=0", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH, "PWD="+dir)
}

// run runs the go command and returns its standard output. what says, as a
// sentence, that it failed.
func (g tool) run(ctx context.Context, what string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, g.program, args...)
	cmd.Dir, cmd.Env = g.dir, g.env
	cmd.WaitDelay = time.Second // its compilers may outlive it for a moment
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	switch {
	case err == nil:
		return stdout.Bytes(), nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	said := g.words(stderr.String())
	if said == "" {
		said = err.Error()
	}
	e := fault.New(fault.Invalid, "%s:\n%s", what, said)
	if strings.Contains(said, "go mod tidy") || strings.Contains(said, "missing go.sum entry") {
		return nil, e.WithHint("cd %s && go mod tidy", g.path)
	}
	return nil, e
}

// noise is what the go command says on its way, and the title of a list of errors.
var noise = regexp.MustCompile(`^(?:# |go: (?:downloading|finding|found|creating|to add|added) )`)

// words are a complaint without noise, its places told as the user knows them.
func (g tool) words(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if noise.MatchString(line) || line == "\tgo mod tidy" {
			continue
		}
		line = strings.TrimPrefix(line, "./")
		line = strings.ReplaceAll(line, g.dir+string(filepath.Separator), "")
		lines = append(lines, "  "+strings.ReplaceAll(line, g.dir, g.path))
	}
	if more := len(lines) - mostLines; more > 0 {
		lines = append(lines[:mostLines], "  …")
	}
	return strings.Join(lines, "\n")
}
