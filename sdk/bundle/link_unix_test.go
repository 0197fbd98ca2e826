//go:build unix

package bundle_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// npm installs a package of another directory as a link to it.
func TestLinkedDependencySaysHowToCopyIt(t *testing.T) {
	dir := t.TempDir()
	code := filepath.Join(dir, "code")
	if err := os.MkdirAll(filepath.Join(code, "node_modules"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../lib", filepath.Join(code, "node_modules", "lib")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "lib"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := bundle.Pack(io.Discard, code, bundle.Options{})
	if want := "cd " + code + " && npm install --install-links ../lib"; fault.KindOf(err) != fault.Invalid || fault.From(err).Hint != want {
		t.Errorf("%v, hint %q", err, fault.From(err).Hint)
	}
}

// A link by way of another one is told with its end.
func TestLinkOutSaysWhereItEnds(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	code, python := filepath.Join(dir, "code"), filepath.Join(dir, "python3.11")
	if err := os.MkdirAll(filepath.Join(code, "v", "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(python, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"python": "python3", "python3": python} {
		if err := os.Symlink(target, filepath.Join(code, "v", "bin", name)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = bundle.Pack(io.Discard, code, bundle.Options{})
	want := "pack: the link v/bin/python leads out of " + code + " (to " + python + ")"
	if err == nil || err.Error() != want || fault.From(err).Hint != "echo '/v/bin/python' >> "+code+"/.fnignore" {
		t.Errorf("%v, hint %q; want %s", err, fault.From(err).Hint, want)
	}
}
