package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
)

// A plugin is started in /: where it is started must not matter.
func TestDeployGoesToTheHomeDirectory(t *testing.T) {
	home, elsewhere := t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Chdir(elsewhere)
	if _, err := here().Deploy(t.Context(), function(t), ignore); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(home, "fn-functions", "f", "code", "run")); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(elsewhere); err != nil || len(left) > 0 {
		t.Errorf("the directory where it was started has %v, %v", left, err)
	}
}

// It is the machine that failed, not the function; and it said why.
func TestDeployFails(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, home string){
		"fn-functions": func(t *testing.T, home string) {
			t.Setenv("HOME", home)
			if err := os.WriteFile(filepath.Join(home, "fn-functions"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"nosuch": func(t *testing.T, home string) { t.Setenv("HOME", filepath.Join(home, "nosuch")) },
		"HOME":   func(t *testing.T, _ string) { t.Setenv("HOME", "") },
	} {
		t.Run(name, func(t *testing.T) {
			prepare(t, t.TempDir())
			t.Chdir(t.TempDir())
			_, err := here().Deploy(t.Context(), function(t), ignore)
			if sdk.KindOf(err) != sdk.Unavailable || !strings.Contains(err.Error(), name) {
				t.Errorf("deploy: %v (%s)", err, sdk.KindOf(err))
			}
		})
	}
}

func here() *shell { return &shell{Reach: []string{"sh", "-c"}} }

func ignore(string, int64, int64, string) {}

// function is one with a handler that succeeds.
func function(t *testing.T) sdk.Function {
	t.Helper()
	path := filepath.Join(t.TempDir(), "code.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	code := zip.NewWriter(file)
	header := &zip.FileHeader{Name: "run"}
	header.SetMode(0o755)
	if w, err := code.CreateHeader(header); err != nil {
		t.Fatal(err)
	} else if _, err := w.Write([]byte("#!/bin/sh\n")); err != nil {
		t.Fatal(err)
	}
	if err := code.Close(); err != nil {
		t.Fatal(err)
	}
	return sdk.Function{Name: "f", Version: 1, Handler: "run", Code: sdk.Bundle{Path: path}}
}
