//go:build unix

package enginetest

import (
	"path/filepath"
	"testing"
	"time"
)

func TestLockIsOfAllProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(path)
	if err != nil {
		t.Fatal(err)
	}
	second := make(chan error, 1)
	go func() {
		unlock, err := lock(path)
		if err == nil {
			unlock()
		}
		second <- err
	}()
	select {
	case <-second:
		t.Fatal("two have the lock")
	case <-time.After(50 * time.Millisecond):
	}
	unlock()
	if err := <-second; err != nil {
		t.Error(err)
	}
}
