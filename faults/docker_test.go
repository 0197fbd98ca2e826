//go:build linux

package faults

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// newDockerHome makes a home whose only component is docker, on the engine of the
// machine. The test ends with nothing of the home's left there.
func newDockerHome(t testing.TB) *home {
	t.Helper()
	images, err := dockerImages()
	must(t, err)
	if images == "" {
		t.Skip("no Docker engine here")
	}
	bin, err := dockerPrograms()
	must(t, err)
	h := newHome(t).with(engineOf(os.Environ())...)
	h.bin = bin
	h.write(h.path("config", "plugins.toml"), "[docker]\n[docker.config]\n"+images, 0o644)
	t.Cleanup(h.noContainers)
	return h
}

// dockerImages returns the setting of the images, "" where there is no engine.
var dockerImages = sync.OnceValues(func() (string, error) {
	images := map[string]string{}
	for _, language := range []string{"python", "node"} {
		var said bytes.Buffer
		cmd := exec.Command("go", "run", "./plugins/docker/enginetest/cmd/fn-test-image", language)
		cmd.Dir, cmd.Stderr = "..", &said
		ref, err := cmd.Output()
		if err != nil {
			if noImage(said.String()) {
				return "", nil
			}
			return "", fmt.Errorf("the images of the tests: %w\n%s", err, said.String())
		}
		images[language] = strings.TrimSpace(string(ref))
	}
	return fmt.Sprintf("images = { exec = %q, python = %[1]q, node = %q }\n", images["python"], images["node"]), nil
})

// noImage tells from the words of go run that the program ended with status 3:
// the machine lacks what an image takes, and none is required.
func noImage(said string) bool { return strings.HasSuffix(strings.TrimSpace(said), "exit status 3") }

// dockerPrograms returns the directory of the executables that the component docker
// needs.
var dockerPrograms = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(programs, "docker")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	return dir, provide(dir, "cmd/fn", "cmd/fn-host", "plugins/docker/cmd/fn-plugin-docker", "worker/cmd/fn-worker", "worker/cmd/fn-worker-provided")
})

// engineOf returns what of an environment leads to the engine.
func engineOf(environ []string) (found []string) {
	for _, variable := range environ {
		if strings.HasPrefix(variable, "DOCKER_") {
			found = append(found, variable)
		}
	}
	if user, err := os.UserHomeDir(); err == nil && os.Getenv("DOCKER_CONFIG") == "" {
		found = append(found, "DOCKER_CONFIG="+filepath.Join(user, ".docker"))
	}
	return found
}

// noContainers stops the host, after which nothing of the home's runs. What was
// only made, or is a network, the next host would remove.
func (h *home) noContainers() {
	h.Helper()
	h.fn("host", "stop", "--now")
	id, err := os.ReadFile(h.path("data", "host.id"))
	must(h, err)
	label := "label=fn.host=" + string(id)
	h.eventually(20*time.Second, "no container of the home runs", func() (string, bool) {
		left := h.docker("ps", "--quiet", "--filter", label)
		return left, left == ""
	})
	h.eventually(20*time.Second, "the engine has nothing of the home", func() (string, bool) {
		containers := strings.Fields(h.docker("ps", "--all", "--quiet", "--filter", label))
		networks := strings.Fields(h.docker("network", "ls", "--quiet", "--filter", label))
		for _, id := range containers {
			h.command("docker", "rm", "--force", id).Run() // it may be going
		}
		for _, id := range networks {
			h.command("docker", "network", "rm", id).Run()
		}
		return fmt.Sprint(containers, networks), len(containers)+len(networks) == 0
	})
}

// docker runs docker, which must succeed, and returns what it prints.
func (h *home) docker(args ...string) string {
	h.Helper()
	out, err := h.command("docker", args...).CombinedOutput()
	if err != nil {
		h.Fatalf("docker %v: %v\n%s", args, err, out)
	}
	return string(out)
}
