//go:build unix

package registry

import (
	"os"
	"path/filepath"
	"testing"
)

// The lock of the store is the user's own, as the code in it is.
func TestLockFileIsPrivate(t *testing.T) {
	b := Bundles{Dir: t.TempDir()}
	unlock, err := b.lock()
	must(t, err, "")
	unlock()
	info, err := os.Stat(filepath.Join(b.Dir, ".lock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
