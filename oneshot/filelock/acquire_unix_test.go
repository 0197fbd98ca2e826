//go:build unix

package filelock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

func TestWhatIsHeldIsNotRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	f, err := Acquire(t.Context(), path, func() { t.Error("nobody held it") })
	if err != nil {
		t.Fatal(err)
	}
	if err := Remove(path); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	if _, err := Acquire(ctx, path, func() { cancel(enough) }); !errors.Is(err, enough) {
		t.Error(err)
	}
	f.Close()
	for range 2 { // the second time there is none
		if err := Remove(path); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Error(err)
		}
	}
}

// Files that come and go have one holder at a time.
func TestOneHolderWhileFilesAreRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var holders atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				f, err := Acquire(t.Context(), path, func() {})
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d holders", n)
				}
				holders.Add(-1)
				f.Close()
				if err := Remove(path); err != nil && !os.IsNotExist(err) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
