//go:build unix

package manifest

import (
	"os"
	"path/filepath"
	"testing"
)

// The lock beside the manifest is the user's own, as the manifest is.
func TestLockFileIsPrivate(t *testing.T) {
	dir := t.TempDir()
	if err := WriteDefault(filepath.Join(dir, "plugins.toml"), nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, ".plugins.toml.lock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
