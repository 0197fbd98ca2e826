package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/fault"
)

func sum(digit byte) string { return "sha256:" + strings.Repeat(string(digit), 64) }

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plugins.lock")
	l, err := LoadLock(path)
	must(t, err, "")
	if got := l.Get("docker", Platform()); got != "" {
		t.Errorf("an empty lock has %q", got)
	}
	l.Set("docker", "linux/amd64", sum('1'))
	l.Set("docker", "darwin/arm64", sum('2'))
	l.Set("aws", "linux/amd64", sum('3'))
	must(t, l.Write(path), "")
	want := "# Accepted plugin executables, by platform. Written by: fn plugins add, remove, lock\n" +
		"\n[aws]\n\"linux/amd64\" = \"" + sum('3') + "\"\n" +
		"\n[docker]\n\"darwin/arm64\" = \"" + sum('2') + "\"\n\"linux/amd64\" = \"" + sum('1') + "\"\n"
	if diff := cmp.Diff(want, readText(t, path)); diff != "" {
		t.Error(diff)
	}
	must(t, UpdateLock(path, func(l *Lock) error {
		l.Set("docker", "linux/amd64", sum('4'))
		l.Delete("aws")
		return nil
	}), "")
	l, err = LoadLock(path)
	must(t, err, "")
	got := []string{l.Get("docker", "linux/amd64"), l.Get("docker", "darwin/arm64"), l.Get("aws", "linux/amd64"), l.Get("docker", "windows/amd64")}
	if diff := cmp.Diff([]string{sum('4'), sum('2'), "", ""}, got); diff != "" {
		t.Error(diff)
	}
	before := readText(t, path)
	refused := fault.New(fault.Broken, "no")
	if err := UpdateLock(path, func(l *Lock) error { l.Delete("docker"); return refused }); err != refused {
		t.Errorf("got %v", err)
	}
	if readText(t, path) != before {
		t.Error("a refused change was written")
	}
}

func TestLockMistakes(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"syntax":   {"[docker\n", "plugins.lock:"},
		"sum":      {"\n[docker]\n\"linux/amd64\" = \"sha256:12\"\n", `plugins.lock:3: docker for linux/amd64 must be "sha256:"`},
		"type":     {"[docker]\n\"linux/amd64\" = 3\n", `plugins.lock:2: docker."linux/amd64" must be a string`},
		"platform": {"[docker]\nlinux = \"" + sum('1') + "\"\n", `plugins.lock:2: "linux" is no platform`},
		"name":     {"[Docker]\n", `plugins.lock:1: "Docker" cannot name a component`},
		"no table": {"docker = 1\n", "plugins.lock:1: docker must be a table"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseLock("plugins.lock", []byte(c.text))
			must(t, err, fault.Invalid, c.want)
		})
	}
}

func TestSum(t *testing.T) {
	got, err := Sum(writeFile(t, "x", "abc", 0o600))
	must(t, err, "")
	if got != "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" { // FIPS 180-2, appendix B.1
		t.Errorf("sum %s", got)
	}
	if _, err := Sum(filepath.Join(t.TempDir(), "missing")); !os.IsNotExist(err) {
		t.Errorf("missing file: %v", err)
	}
}

func FuzzParseLock(f *testing.F) {
	f.Add([]byte("[docker]\n\"linux/amd64\" = \"" + sum('1') + "\"\n"))
	f.Add([]byte("[a]\nb.c = 'x'\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := ParseLock("plugins.lock", text)
		if err != nil {
			return
		}
		again, err := ParseLock("plugins.lock", l.Text())
		if err != nil || string(again.Text()) != string(l.Text()) {
			t.Errorf("%q became %q: %v", text, l.Text(), err)
		}
	})
}
