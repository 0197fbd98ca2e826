package host

import (
	"path/filepath"
	"sync"
	"testing"
)

// However many hosts start at once in an empty home, they agree on what it is.
func TestIdentityIsOne(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "host.id")
	ids := make([]string, 16)
	var wait sync.WaitGroup
	for i := range ids {
		wait.Go(func() {
			id, err := identity(dir, path)
			if err != nil {
				t.Error(err)
			}
			ids[i] = id
		})
	}
	wait.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("identities %q", ids)
		}
	}
}
