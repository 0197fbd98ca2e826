package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// engine is the Docker engine that the docker command finds, and an image with
// python3 that it has.
type engine struct {
	command string // docker
	version string
	image   string
	absent  string // why nothing is measured in containers; empty: it is
}

// engineLimit bounds what an engine is asked that does not run anything.
const engineLimit = time.Minute

// pythonImages are looked for in this order: the image that functions in python
// have by default, and that of the tests.
var pythonImages = []string{"python:3.13-slim", "fn-test/python:1"}

// findEngine pulls nothing. plugin is the executable that runs functions there.
func findEngine(ctx context.Context, plugin string) engine {
	e := engine{}
	var err error
	if e.command, err = exec.LookPath("docker"); err != nil {
		return engine{absent: "there is no docker command"}
	}
	if _, err := os.Stat(plugin); err != nil {
		return engine{absent: "there is no " + plugin}
	}
	if e.version, err = e.query(ctx, "version", "--format", "{{.Server.Version}}"); err != nil {
		return engine{absent: "no engine answers: " + strings.Join(strings.Fields(err.Error()), " ")}
	}
	images := pythonImages
	if image := os.Getenv("FN_BENCH_IMAGE"); image != "" {
		images = []string{image}
	}
	for _, image := range images {
		if _, err := e.query(ctx, "image", "inspect", image); err == nil {
			e.image = image
			return e
		}
	}
	return engine{absent: fmt.Sprintf("the engine does not have %s: docker pull %s", strings.Join(images, " or "), images[0])}
}

func (e engine) String() string {
	if e.absent != "" {
		return "not measured"
	}
	return e.version + ", " + e.image
}

// query runs a docker command that is not measured.
func (e engine) query(ctx context.Context, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, engineLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, e.command, args...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("docker %s: %w\n%s", args[0], errors.Join(err, context.Cause(ctx)), bytes.TrimSpace(complaint.Bytes()))
	}
	return strings.TrimSpace(string(out)), err
}

// runOnce is `docker run --rm` of a function in python.
func (e engine) runOnce(source, want string, flags ...string) *command {
	argv := append([]string{e.command, "run", "--rm"}, flags...)
	argv = append(argv, e.image, "python3", "-c", source+"\nimport json\nprint(json.dumps(handler({}, None)))\n")
	return &command{name: strings.Join(append([]string{"docker run --rm"}, flags...), " "), argv: argv, want: want + "\n"}
}

// runKept starts containers of a function in python that answer each line, an event,
// with a line.
func (e engine) runKept(source string) func() *exec.Cmd {
	loop := source + "\nimport json, sys\nfor line in sys.stdin:\n    print(json.dumps(handler(json.loads(line), None)), flush=True)\n"
	return func() *exec.Cmd {
		return exec.Command(e.command, "run", "--rm", "-i", e.image, "python3", "-c", loop)
	}
}
