//go:build unix

package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// demo runs the demo, which compares each example's result with its
// expected.json, and returns what it showed.
func demo(t *testing.T, path string) string {
	t.Helper()
	bin := os.Getenv("FN_TEST_BIN")
	if bin == "" {
		t.Skip("FN_TEST_BIN names no directory of executables; tools/test does")
	}
	cmd := exec.Command("./demo", bin)
	cmd.Env = append(os.Environ(), "PATH="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the demo failed: %v\n%s", err, out)
	}
	return string(out)
}

func TestDemo(t *testing.T) {
	out := demo(t, os.Getenv("PATH"))
	if !strings.Contains(out, "That worked.") || !strings.Contains(out, `"words": 122817`) {
		t.Errorf("the demo showed\n%s", out)
	}
	if _, last, _ := strings.Cut(out, "$ fn calls --last 1\n"); !regexp.MustCompile(`^.*\n.* wordcount .* warm +ok `).MatchString(last) {
		t.Errorf("the last call found no worker waiting:\n%s", last)
	}
	switch ran := strings.Contains(out, `"per_year"`); {
	case !ran && strings.Contains(os.Getenv("FN_TEST_REQUIRE"), "python"):
		t.Errorf("python is required, and summarize did not run:\n%s", out)
	case !ran && !strings.Contains(out, "summarize is skipped"):
		t.Errorf("summarize neither ran nor was skipped:\n%s", out)
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
func TestDemoWithoutPython(t *testing.T) {
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
	out := demo(t, tools)
	for _, want := range []string{"summarize is skipped: python3", "thumbnail is skipped: there is no go", `"words": 122817`, "That worked."} {
		if !strings.Contains(out, want) {
			t.Errorf("the demo does not show %q:\n%s", want, out)
		}
	}
}
