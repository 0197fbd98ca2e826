//go:build unix

package examples_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// demo runs the demo, which compares each example's result with its
// expected.json, and returns what it showed.
func demo(t *testing.T, env ...string) string {
	t.Helper()
	bin := os.Getenv("FN_TEST_BIN")
	if bin == "" {
		t.Skip("FN_TEST_BIN names no directory of executables; tools/test does")
	}
	cmd := exec.Command("./demo", bin)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the demo failed: %v\n%s", err, out)
	}
	return string(out)
}

// demoEnv has the demo use Docker on images that tests have, where there is an
// engine.
func demoEnv(t *testing.T) []string {
	t.Helper()
	python, ok := testImage(t, "python")
	node, both := testImage(t, "node")
	if !ok || !both {
		return []string{"DOCKER_HOST=unix:///nowhere"}
	}
	return []string{fmt.Sprintf("FN_DEMO_IMAGES=exec = %q, python = %q, node = %q", python, python, node)}
}

func TestDemo(t *testing.T) {
	out := demo(t, demoEnv(t)...)
	if !strings.Contains(out, "That worked.") || !strings.Contains(out, `"words": 122817`) {
		t.Errorf("the demo showed\n%s", out)
	}
	contained := regexp.MustCompile(`(?m)^(slugify|summarize|thumbnail|wordcount) +docker +deployed `).MatchString(out)
	if contained != strings.Contains(out, "Docker is ready") || strings.Contains(out, "Docker cannot run") {
		t.Errorf("what runs where is not as it was said:\n%s", out)
	}
	if _, last, _ := strings.Cut(out, "$ fn calls --last 1\n"); !regexp.MustCompile(`^.*\n.* wordcount .* warm +ok `).MatchString(last) {
		t.Errorf("the last call found no worker waiting:\n%s", last)
	}
	for _, example := range []struct{ name, requirement, shows string }{
		{"summarize", "python", `"per_year"`},
		{"slugify", "node", `"crime-and-punishment-2"`},
	} {
		switch ran := strings.Contains(out, example.shows); {
		case !ran && strings.Contains(os.Getenv("FN_TEST_REQUIRE"), example.requirement):
			t.Errorf("%s is required, and %s did not run:\n%s", example.requirement, example.name, out)
		case !ran && !strings.Contains(out, example.name+" is skipped"):
			t.Errorf("%s neither ran nor was skipped:\n%s", example.name, out)
		}
	}
	compiled(t, out)
}

// compiled checks that the example in Go ran, or was skipped where it may be.
func compiled(t *testing.T, out string) {
	t.Helper()
	switch ran := strings.Contains(out, `{"statusCode":200,"headers":{"content-type":"image/jpeg"},`); {
	case !ran && strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "modules"):
		t.Errorf("modules are required, and thumbnail did not run:\n%s", out)
	case !ran && !strings.Contains(out, "thumbnail is skipped"):
		t.Errorf("thumbnail neither ran nor was skipped:\n%s", out)
	}
}

// Without an interpreter its example is skipped, by name, and all else runs.
func TestDemoWithoutInterpreters(t *testing.T) {
	tools := t.TempDir()
	for _, name := range []string{"sh", "awk", "tr", "cat", "mktemp", "rm", "cmp", "tail", "grep", "dirname", "sleep"} {
		found, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(found, filepath.Join(tools, name)); err != nil {
			t.Fatal(err)
		}
	}
	out := demo(t, "PATH="+tools, "DOCKER_HOST=unix:///nowhere")
	for _, want := range []string{"Docker is not ready: the examples run on this machine", "summarize is skipped: python3", "slugify is skipped: node", "thumbnail is skipped: there is no go", `"words": 122817`, "That worked."} {
		if !strings.Contains(out, want) {
			t.Errorf("the demo does not show %q:\n%s", want, out)
		}
	}
}
