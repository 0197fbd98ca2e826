package program

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
)

func TestFindOfEveryName(t *testing.T) {
	built := build(t)
	for _, pattern := range []string{"%-linux-" + runtime.GOARCH, "linux_" + runtime.GOARCH + "/%"} {
		dir := t.TempDir()
		for _, name := range []string{Worker, WorkerProvided} {
			to := filepath.Join(dir, strings.ReplaceAll(pattern, "%", name))
			if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Link(filepath.Join(built, name), to); err != nil {
				t.Fatal(err)
			}
		}
		files, err := Find(dir, runtime.GOARCH)
		if err != nil || len(files) != 2 || !strings.HasPrefix(files[Worker], dir) {
			t.Errorf("%s: %v, %v", pattern, files, err)
		}
	}
}

func TestFindSaysWhatIsMissing(t *testing.T) {
	other := map[string]string{"amd64": "arm64", "arm64": "amd64"}[runtime.GOARCH]
	for name, c := range map[string]struct {
		arch, file, content, message, hint string
	}{
		"nothing":    {runtime.GOARCH, "", "", "is not in", "CGO_ENABLED=0"},
		"other":      {other, "", "", "for linux/" + other + " is not in", "GOOS=linux GOARCH=" + other + " go install"},
		"unknown":    {"riscv64", "", "", "workers are for amd64 and arm64", ""},
		"no program": {other, "fn-worker-linux-" + other, "text", "is no program for Linux", "go install"},
	} {
		dir := t.TempDir()
		if c.file != "" {
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.content), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Find(dir, c.arch)
		if sdk.KindOf(err) != sdk.Unavailable || !strings.Contains(err.Error(), c.message) || !strings.Contains(hint(err), c.hint) {
			t.Errorf("%s: %v (%s)", name, err, hint(err))
		}
	}
}

func TestFindRefusesWhatNoContainerRuns(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the shell is no program for Linux")
	}
	other := map[string]string{"amd64": "arm64", "arm64": "amd64"}[runtime.GOARCH]
	for arch, want := range map[string]string{runtime.GOARCH: "needs libraries", other: "is not for " + other} {
		dir := t.TempDir()
		shell, err := os.ReadFile("/bin/sh")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "fn-worker-linux-"+arch), shell, 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := Find(dir, arch); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", arch, err)
		}
	}
}
