package bundle_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/bundle"
)

// An excluded file is packed under none of its names, whatever .fnignore says
// and however its path is written.
func TestExclude(t *testing.T) {
	elsewhere := filepath.Join(tree(t, map[string]string{"key": "hunter2"}), "key")
	dir := tree(t, map[string]string{
		"run": "code", "token": "hunter2", "other/pin": "hunter2", "link": "-> token", "other/up": "-> ../token",
		"mounted": "-> " + elsewhere, ".fnignore": "!token\n", "sub/token": "of that name only",
	})
	if err := os.Link(filepath.Join(dir, "token"), filepath.Join(dir, "hard")); err != nil {
		t.Skip("no links here:", err)
	}
	var zip bytes.Buffer
	s, err := bundle.Pack(&zip, dir, bundle.Options{Exclude: []string{
		filepath.Join(dir, "token"), dir + "/sub/../other/./pin", filepath.Join(dir, "mounted"), filepath.Join(dir, "missing"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"run", "sub/token"}, names(s)); diff != "" {
		t.Error(diff)
	}
}
