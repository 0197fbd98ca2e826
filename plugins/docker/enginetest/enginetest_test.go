package enginetest

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/pkg/stdcopy"
	"github.com/fnhost/fn/plugins/docker/engine"
)

// run returns what a command in a container of an image prints.
func run(t *testing.T, e *engine.Engine, image string, command ...string) string {
	t.Helper()
	made, err := e.ContainerCreate(t.Context(), &container.Config{Image: image, Cmd: command},
		&container.HostConfig{NetworkMode: "none"}, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer e.ContainerRemove(context.Background(), made.ID, container.RemoveOptions{Force: true})
	ended, failed := e.ContainerWait(t.Context(), made.ID, container.WaitConditionNextExit)
	if err := e.ContainerStart(t.Context(), made.ID, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case err := <-failed:
		t.Fatal(err)
	}
	logs, err := e.ContainerLogs(t.Context(), made.ID, container.LogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		t.Fatal(err)
	}
	defer logs.Close()
	var out strings.Builder
	if _, err := stdcopy.StdCopy(&out, &out, logs); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

// hello returns a static program that prints "hello", with an argument after an
// hour.
func hello(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const source = `package main

import (
	"os"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		time.Sleep(time.Hour)
	}
	os.Stdout.WriteString("hello\n")
}
`
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "hello")
	cmd := exec.Command("go", "build", "-o", program, file)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func TestClient(t *testing.T) {
	if _, err := Client(t).Info(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestImages(t *testing.T) {
	e := Client(t)
	if got := run(t, e, Python(t), "python3", "-c", "import pip; print(6 * 7)"); got != "42" {
		t.Errorf("python3 printed %q", got)
	}
	if got := run(t, e, Node(t), "node", "-e", "console.log(6 * 7)"); got != "42" {
		t.Errorf("node printed %q", got)
	}
	if got := run(t, e, Node(t), "npm", "--version"); strings.Count(got, ".") != 2 {
		t.Errorf("npm printed %q", got)
	}
}

func TestScratch(t *testing.T) {
	e := Client(t)
	if got := run(t, e, Scratch(t, e, map[string]string{"/hello": hello(t)}, `CMD ["/hello"]`)); got != "hello" {
		t.Errorf("printed %q", got)
	}
	var empty string
	t.Run("empty", func(t *testing.T) {
		empty = Scratch(t, e, nil)
		if _, err := e.ImageInspect(t.Context(), empty); err != nil {
			t.Error(err)
		}
	})
	if has(t.Context(), e, empty) {
		t.Error("the image outlived its test")
	}
}

func TestRegistry(t *testing.T) {
	for name, who := range map[string][2]string{"open": {}, "with a password": {"me", "secret"}} {
		t.Run(name, func(t *testing.T) {
			e := Client(t)
			r := Registry(t, who[0], who[1])
			there := r.Push(t, e, Scratch(t, e, map[string]string{"/hello": hello(t)}), "hello")
			t.Cleanup(func() { e.ImageRemove(context.Background(), there, image.RemoveOptions{}) })
			auth, err := r.Auth()
			if err != nil {
				t.Fatal(err)
			}
			if has(t.Context(), e, there) {
				t.Fatal("the engine has it before it is pulled")
			}
			if who[0] != "" {
				if err := pullAs(e, there, ""); err == nil {
					t.Error("pulled without a password")
				}
			}
			if err := pullAs(e, there, auth); err != nil {
				t.Fatal(err)
			}
			if got := run(t, e, there, "/hello"); got != "hello" {
				t.Errorf("printed %q", got)
			}
		})
	}
}

func pullAs(e *engine.Engine, reference, auth string) error {
	body, err := e.ImagePull(context.Background(), reference, image.PullOptions{RegistryAuth: auth})
	if err != nil {
		return err
	}
	defer body.Close()
	return progress(body, func() {})
}

func TestProgressTellsOfFailures(t *testing.T) {
	const stream = `{"status": "waiting"}` + "\n" + `{"error": "no space left on device"}`
	count := 0
	err := progress(strings.NewReader(stream), func() { count++ })
	if err == nil || err.Error() != "no space left on device" || count != 1 {
		t.Errorf("%v after %d messages", err, count)
	}
	if err := progress(strings.NewReader(`{"stat`), func() {}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v of a stream that is cut off", err)
	}
}
