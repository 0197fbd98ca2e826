//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
)

func TestInterpreterByName(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(interpreter(t), filepath.Join(dir, "python")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "relative:/nowhere:"+dir)
	p := spawn(t, nil, "python", []string{"-interpreter", "python3,python"})
	if _, err := p.Hello(within(t)); err != nil {
		t.Error(err)
	}
}

func TestNoInterpreter(t *testing.T) {
	t.Setenv("PATH", "/nowhere")
	p := spawn(t, nil, "python", []string{"-interpreter", "python3,python"})
	_, err := p.Hello(within(t))
	if f := failure(t, err); f.Kind != worker.Unavailable || f.Message != "there is no python3 and no python in PATH (/nowhere)" {
		t.Errorf("%+v", f)
	}
}

// TestOldInterpreters are programs that say what old ones do when they meet what
// they do not know.
func TestOldInterpreters(t *testing.T) {
	for language, want := range map[string]string{
		"python": "is Python 2.7.18, at least 3.8 is needed",
		"node":   "is Node.js 12.22.9, at least 18 is needed",
	} {
		old := filepath.Join(t.TempDir(), "old")
		script := "#!/bin/sh\n[ \"$*\" = --version ] || { echo 'SyntaxError' >&2; exit 1; }\n" +
			map[string]string{"python": "echo Python 2.7.18 >&2\n", "node": "echo v12.22.9\n"}[language]
		if err := os.WriteFile(old, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		p := spawn(t, nil, language, []string{"-interpreter", old})
		_, err := p.Hello(within(t))
		if f := failure(t, err); f.Kind != worker.Unavailable || !strings.Contains(f.Message, want) {
			t.Errorf("%s: %+v", language, f)
		}
		p.waitExit(t)
	}
}
