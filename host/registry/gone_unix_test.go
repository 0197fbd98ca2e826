//go:build unix

package registry

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/fnhost/fn/sdk/fault"
)

// TestFileIsGone: what is written to a file that has no name any more is lost.
func TestFileIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fn.db")
	r := open(t, path)
	same := version("same", "a")
	_, _, err := r.Apply(t.Context(), same, 0)
	must(t, err, "")
	must(t, os.Remove(path), "")
	_, _, err = r.Apply(t.Context(), same, 1)
	must(t, err, fault.Unavailable, path+" was deleted while it was open", "fn host stop")
	_, err = r.CreateFunction(t.Context(), version("new", "a"))
	must(t, err, fault.Unavailable, path+" was deleted")

	must(t, os.WriteFile(path, nil, 0o600), "")
	_, err = r.CreateFunction(t.Context(), version("new", "a"))
	must(t, err, fault.Unavailable, path+" was replaced")
}
