package main

import (
	"bufio"
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed reference
var referenceSources embed.FS

// references are the programs that figures are a multiple of.
type references struct {
	empty  string // a Go program that does nothing
	client string // the floor F: one request to a unix socket
	echo   string // its server, and a host that answers calls at once

	bootstrap string // a function
}

// buildReferences builds them as fn is built, in dir.
func buildReferences(ctx context.Context, dir string) (references, error) {
	r := references{
		empty:  filepath.Join(dir, "empty"),
		client: filepath.Join(dir, "client"),
		echo:   filepath.Join(dir, "echo"),

		bootstrap: filepath.Join(dir, "bootstrap"),
	}
	source := filepath.Join(dir, "source")
	files, err := fs.Sub(referenceSources, "reference")
	if err != nil {
		return r, err
	}
	if err := os.CopyFS(source, files); err != nil {
		return r, err
	}
	if err := os.WriteFile(filepath.Join(source, "go.mod"), []byte("module reference\n\ngo 1.26\n"), 0o644); err != nil {
		return r, err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", dir+string(filepath.Separator), "./...")
	build.Dir = source
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return r, fmt.Errorf("build the reference programs: %w\n%s", err, out)
	}
	return r, nil
}

// startEcho starts the server of F, a process of its own, on socket.
func startEcho(program, socket string) (stop func(), err error) {
	cmd := exec.Command(program, socket)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		in.Close()
		io.Copy(io.Discard, out)
		cmd.Wait()
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(line) != "ready" {
		stop()
		return nil, fmt.Errorf("start the server of the floor: %q, %v", line, err)
	}
	return stop, nil
}
