package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

const page = "../../docs/writing-a-component.md"

// The page shows this program, its test and what it prints, as they are.
func TestPageIsCurrent(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	main, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	test, err := os.ReadFile("main_test.go")
	if err != nil {
		t.Fatal(err)
	}
	from := bytes.Index(test, []byte("// The machine"))
	for name, block := range map[string][]byte{"main.go": main, "main_test.go": test[from:]} {
		if !bytes.Contains(text, []byte("```go\n"+string(block)+"```\n")) {
			t.Errorf("%s does not show %s as it is", page, name)
		}
	}
	consoles(t, string(text))
}

// consoles types what the page types to the plugin and compares.
func consoles(t *testing.T, text string) {
	if runtime.GOOS == "windows" {
		t.Skip("the page's commands are for a POSIX shell")
	}
	dir := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "fn-plugin-shell"), ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	typed := 0
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(text, -1) {
		for _, entry := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			command, want, _ := strings.Cut(entry, "\n")
			if !strings.HasPrefix(command, "./fn-plugin-shell ") && !strings.HasPrefix(command, "echo ") {
				continue
			}
			typed++
			cmd := exec.Command("sh", "-c", command)
			cmd.Dir = dir
			got, err := cmd.CombinedOutput()
			if err != nil && !errors.As(err, new(*exec.ExitError)) {
				t.Fatal(err)
			}
			if strings.TrimSpace(string(got)) != strings.TrimSpace(want) {
				t.Errorf("$ %s\nprints\n%s\nthe page says\n%s", command, got, want)
			}
		}
	}
	if typed == 0 {
		t.Error("the page has no command to type")
	}
}
