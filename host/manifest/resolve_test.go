package manifest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/fault"
)

func TestResolve(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("executables are told apart by their mode here")
	}
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	for _, name := range []string{"bin/fn-plugin-docker", "path/fn-plugin-docker", "path/fn-plugin-aws", "config/mine", "home/mine", "cwd/fn-plugin-here"} {
		writeFile(t, at(name), "#!/bin/sh\n", 0o755)
	}
	writeFile(t, at("bin/fn-plugin-plain"), "", 0o644)
	writeFile(t, at("path/fn-plugin-plain"), "", 0o755)
	writeFile(t, at("config/plain"), "", 0o644)
	must(t, os.MkdirAll(at("path/fn-plugin-dir"), 0o700), "")
	t.Setenv("HOME", at("home"))
	t.Chdir(at("cwd"))
	path := filepath.Join(at("none")) + string(filepath.ListSeparator) + "." + string(filepath.ListSeparator) + string(filepath.ListSeparator) + at("path")

	for _, c := range []struct {
		name, plugin, want string
		words              []string
	}{
		{"docker", "", "bin/fn-plugin-docker", nil},
		{"work", "fn-plugin-aws", "path/fn-plugin-aws", nil},
		{"a", "./mine", "config/mine", nil},
		{"a", "../home/mine", "home/mine", nil},
		{"a", "~/mine", "home/mine", nil},
		{"a", at("home/mine"), "home/mine", nil},
		{"here", "", "", []string{"here: plugin: fn-plugin-here is neither beside fn in " + at("bin") + " nor on PATH", "fn plugins remove here"}},
		{"dir", "", "", []string{"neither beside fn"}},
		{"plain", "", "", []string{at("bin/fn-plugin-plain") + " is not executable", "chmod +x " + at("bin/fn-plugin-plain")}},
		{"a", "./plain", "", []string{at("config/plain") + " is not executable", "chmod +x"}},
		{"a", "./missing", "", []string{"a: plugin: " + at("config/missing") + " does not exist", "fn plugins remove a"}},
		{"a", root, "", []string{"is a directory"}},
	} {
		got, err := Resolve(Component{Name: c.name, Plugin: c.plugin, Dir: at("config")}, at("bin"), path)
		if c.want == "" {
			must(t, err, fault.Broken, c.words...)
			continue
		}
		must(t, err, "")
		if got != at(c.want) {
			t.Errorf("%s %q is %s, want %s", c.name, c.plugin, got, at(c.want))
		}
	}
}

func TestDiscover(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{
		"fn": 0o755, "fn-plugin-local": 0o755, "fn-plugin-docker": 0o755, "fn-plugin-No": 0o755, "fn-plugin-": 0o755, "fn-plugin-text": 0o644,
	} {
		writeFile(t, filepath.Join(dir, name), "", mode)
	}
	must(t, os.Mkdir(filepath.Join(dir, "fn-plugin-dir"), 0o755), "")
	want := []string{"fn-plugin-docker", "fn-plugin-local"}
	if runtime.GOOS == "windows" {
		want = append(want, "fn-plugin-text")
	}
	if diff := cmp.Diff(want, Discover(dir)); diff != "" {
		t.Error(diff)
	}
	if got := Discover(filepath.Join(dir, "missing")); got != nil {
		t.Errorf("found %v nowhere", got)
	}
}
