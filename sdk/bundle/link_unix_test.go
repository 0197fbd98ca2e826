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
