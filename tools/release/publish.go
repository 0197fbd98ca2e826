package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// published are the modules that users get, by their directory.
func published() []string {
	return []string{"", "sdk", "worker", "oneshot", "plugins/local", "plugins/docker"}
}

// publish makes a module proxy at dir from what is committed below root.
func publish(root, dir string) error {
	for _, sub := range published() {
		if err := publishModule(root, dir, sub); err != nil {
			return fmt.Errorf("publish %s: %w", path.Join("github.com/fnhost/fn", sub), err)
		}
	}
	return nil
}

func publishModule(root, dir, sub string) error {
	m := module.Version{Path: path.Join("github.com/fnhost/fn", sub), Version: version}
	place := filepath.Join(dir, filepath.FromSlash(m.Path), "@v")
	if err := os.MkdirAll(place, 0o755); err != nil {
		return err
	}
	mod, err := os.ReadFile(filepath.Join(root, sub, "go.mod"))
	if err != nil {
		return err
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Unix(0, 0).UTC()})
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"list": []byte(version + "\n"), version + ".mod": mod, version + ".info": info} {
		if err := os.WriteFile(filepath.Join(place, name), text, 0o644); err != nil {
			return err
		}
	}
	file, err := os.Create(filepath.Join(place, version+".zip"))
	if err != nil {
		return err
	}
	if err := zip.CreateFromVCS(file, m, root, "HEAD", sub); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
