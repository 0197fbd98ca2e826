package lockfile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fnhost/fn/host/lockfile"
)

func TestOneHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := lockfile.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockfile.TryLock(path); !errors.Is(err, lockfile.ErrLocked) {
		t.Fatalf("a second holder: %v, want ErrLocked", err)
	}
	if err := first.Write([]byte("content")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "content" {
		t.Errorf("content %q", got)
	}
	if err := first.Unlock(); err != nil {
		t.Fatal(err)
	}
	second, err := lockfile.TryLock(path)
	if err != nil {
		t.Fatalf("after unlock: %v", err)
	}
	second.Unlock()
}

func TestAcquireWaitsAndGivesUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	held, err := lockfile.TryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := lockfile.Acquire(ended, path); !errors.Is(err, context.Canceled) {
		t.Fatalf("with an ended context: %v", err)
	}
	got := make(chan error, 1)
	go func() {
		l, err := lockfile.Acquire(context.Background(), path)
		if err == nil {
			l.Unlock()
		}
		got <- err
	}()
	select {
	case err := <-got:
		t.Fatalf("acquired a held lock: %v", err)
	case <-time.After(30 * time.Millisecond):
	}
	held.Unlock()
	if err := <-got; err != nil {
		t.Fatal(err)
	}
}

func TestUnwritableDirectory(t *testing.T) {
	if _, err := lockfile.TryLock(filepath.Join(t.TempDir(), "missing", "lock")); err == nil || errors.Is(err, lockfile.ErrLocked) {
		t.Fatalf("err = %v, want the reason", err)
	}
}
