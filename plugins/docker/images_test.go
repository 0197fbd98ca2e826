package docker

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/plugins/docker/program"
	"github.com/fnhost/fn/sdk"
)

// compiled builds a static program of one file.
func compiled(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(dir, "program")
	build := exec.Command("go", "build", "-o", made, file)
	build.Env, build.Stderr = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOWORK=off"), os.Stderr
	if err := build.Run(); err != nil {
		t.Fatal(err)
	}
	return made
}

// upper answers with its arguments, directory, a variable of the image and one of
// its own, and the event.
const upper = `package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	event, _ := io.ReadAll(os.Stdin)
	dir, _ := os.Getwd()
	fmt.Print(os.Args[1:], " ", dir, " ", os.Getenv("OF_IMAGE"), " ", os.Getenv("OF_FUNCTION"), " ", string(event))
}
`

func TestAFunctionMayBeAnImage(t *testing.T) {
	p := newPlace(t, nil)
	made := enginetest.Scratch(t, enginetest.Client(t), map[string]string{"app/run": compiled(t, upper)},
		`ENTRYPOINT ["./run", "a b"]`, `CMD ["c"]`, `WORKDIR /app`, `ENV OF_IMAGE=one`)
	f := sdk.Function{
		Name: "f", Version: 1, Runtime: sdk.Runtime{Name: "exec", Language: languageExec}, Image: made,
		Memory: 64 << 20, Timeout: sometime, Network: sdk.NetworkNone, Env: map[string]string{"OF_FUNCTION": "two"},
	}
	p.deploy(f)
	for range 2 {
		if a := p.call(t.Context(), f, "event"); a.err != nil || a.result != "[a b c] /app one two event" {
			t.Errorf("%+v", a)
		}
	}
	empty := enginetest.Scratch(t, enginetest.Client(t), nil)
	f.Name, f.Image = "nothing", empty
	_, err := p.Deploy(t.Context(), f, quiet)
	fails(t, err, sdk.Invalid, "neither an entry point nor a command")
	f.Name, f.Image = "missing", enginetest.Scratch(t, enginetest.Client(t), nil, `CMD ["/no/such"]`)
	p.deploy(f)
	fails(t, p.call(t.Context(), f, "").err, sdk.Invalid, "/no/such")
}

func TestAProgramThatAnImageLacksIsNamedWithIt(t *testing.T) {
	p := newPlace(t, map[string]any{"images": map[string]string{"exec": "", "python": program.ImageRef}, "warm": 0, "warm_max": 0})
	for _, script := range []string{"#!/bin/sh\necho\n", "echo\n"} {
		f := p.deploy(p.function("script", languageExec, map[string]string{"run": script}))
		err := p.call(t.Context(), f, "").err
		fails(t, err, sdk.Invalid, "the function runs in an empty image")
		fails(t, err, sdk.Invalid, "fn runtime create NAME --language exec --image IMAGE    with an image that has /bin/sh")
	}
	f := p.deploy(p.function("handler", languagePython, map[string]string{"handler.py": "def handler(event, context): pass\n"}))
	fails(t, p.call(t.Context(), f, "{}").err, sdk.Unavailable, "--language python --image IMAGE    with an image that has python3")
}
