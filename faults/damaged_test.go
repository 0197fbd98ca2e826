//go:build linux

package faults

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// always works whatever is damaged.
func (h *home) always() {
	h.Helper()
	for _, args := range [][]string{{"version"}, {"--help"}, {"run", "--help"}, {"host", "status"}, {"config", "path"}, {"completion", "bash"}} {
		if end := h.fn(args...).want(0); end.stdout == "" {
			h.Errorf("fn %v prints nothing", args)
		}
	}
}

// damage replaces a file and returns how to see that nobody touched it since.
func (h *home) damage(path, content string) (untouched func()) {
	h.Helper()
	h.write(path, content, 0o600)
	return func() {
		h.Helper()
		now, err := os.ReadFile(path)
		must(h, err)
		if string(now) != content {
			h.Errorf("%s was changed to %q", path, now)
		}
	}
}

func TestDamagedComponents(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	file := h.path("cache", "components.json")
	for _, content := range []string{"", "{", "null", "[1,2]", "\x00\xff\x00", `{"format":99}`, `{"format":1,"components":[{"name":7}]}`, strings.Repeat("x", 1<<20)} {
		h.ok("host", "stop")
		h.damage(file, content)
		h.always()
		h.works()
		text, err := os.ReadFile(file)
		must(t, err)
		var rebuilt struct {
			Components []struct{ Name, State string }
		}
		if err := json.Unmarshal(text, &rebuilt); err != nil || len(rebuilt.Components) != 1 || rebuilt.Components[0].State != "ready" {
			t.Errorf("after %.20q it is %s: %v", content, text, err)
		}
	}
	// Also while a host runs, and where a directory is in the way.
	h.damage(file, "{")
	h.always()
	h.works()
	h.ok("host", "stop")
	must(t, os.Remove(file))
	must(t, os.Mkdir(file, 0o700))
	h.works()
}

// Files that the user writes.
func TestDamagedConfiguration(t *testing.T) {
	for _, c := range []struct {
		file, content string
		said          []string // and where
	}{
		{"plugins.toml", "[local]\n\n[docker\nplugin = 1\n", []string{"plugins.toml:3"}},
		{"plugins.toml", "[local]\npluggin = \"fn-plugin-local\"\n", []string{"plugins.toml:2", `"plugin"`}},
		{"plugins.toml", "\x00\x01", []string{"plugins.toml:1"}},
		{"config.toml", "[host]\nidle_exit = \"soon\"\n", []string{"config.toml:2", "idle_exit"}},
		{"config.toml", "defualt = \"local\"\n", []string{"config.toml:1", `"default"`}},
		{"config.toml", "[host", []string{"config.toml:1"}},
		{"plugins.lock", "[local]\n\"linux/amd64\" = \"sha256:12\"\n", []string{"plugins.lock:2", "sha256"}},
		{"plugins.lock", "]", []string{"plugins.lock:1"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			h.have("echo", "exec", echo)
			h.works()
			path := h.path("config", c.file)
			before, err := os.ReadFile(path)
			untouched := h.damage(path, c.content)
			for range 2 { // with the host that was there, and from nothing
				h.fn("run", "echo", "1").want(2, append(c.said, h.path("config"), "hint: ")...)
				for _, look := range [][]string{{"list"}, {"show", "echo"}, {"calls"}} {
					if c.file == "config.toml" { // settings are everybody's
						h.fn(look...).want(2, c.said...)
					} else {
						h.ok(look...)
					}
				}
				h.always()
				untouched()
				h.ok("host", "stop")
			}
			if err == nil {
				h.damage(path, string(before))
			} else {
				must(t, os.Remove(path))
			}
			h.works()
		})
	}
}

func TestDamagedDatabase(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	h.ok("host", "stop")
	file := h.path("data", "fn.db")
	good, err := os.ReadFile(file)
	must(t, err)
	for name, content := range map[string]string{
		"text":      strings.Repeat("this is no database\n", 500),
		"truncated": string(good[:5000]),
		"zeros":     string(good[:100]) + strings.Repeat("\x00", len(good)-100),
	} {
		untouched := h.damage(file, content)
		for _, args := range [][]string{{"list"}, {"run", "echo", "1"}, {"run", "echo", "1", "--no-host"}} {
			end := h.fn(args...)
			if end.code == 0 {
				t.Errorf("%s: fn %v succeeds: %s", name, args, end.stdout)
			}
			end.want(end.code, file, "damaged", "hint: ", "mv ")
		}
		h.always()
		untouched()
		h.empty(0)
	}
	// What the hint says mends it.
	aside := h.path("data", "damaged")
	must(t, os.Mkdir(aside, 0o700))
	all, err := filepath.Glob(file + "*")
	must(t, err)
	for _, path := range all {
		must(t, os.Rename(path, filepath.Join(aside, filepath.Base(path))))
	}
	if got := len(get[functionList](h, "list").Functions); got != 0 {
		t.Errorf("%d functions in a new database", got)
	}
	h.ok("host", "stop")
	h.damage(file, string(good))
	h.works()
}

// A bundle that is damaged or gone is named, and another version mends it.
func TestDamagedBundle(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	all, err := filepath.Glob(h.path("data", "bundles", "*.zip"))
	must(t, err)
	for _, path := range all {
		content, err := os.ReadFile(path)
		must(t, err)
		must(t, os.Remove(path))
		h.damage(path, strings.Repeat("x", len(content)))
	}
	h.fn("run", "echo", "1").want(5, "the code arrived as", "hint: fn update echo")
	for _, path := range all {
		must(t, os.Remove(path))
	}
	h.fn("run", "echo", "1").want(3, "code is gone", "hint: fn update echo")
	h.ok("update", "echo", filepath.Join(h.root, "work", "echo"))
	h.works()
}
