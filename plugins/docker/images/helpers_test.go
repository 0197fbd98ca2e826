package images

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/docker/docker/api/types/image"
	"github.com/fnhost/fn/plugins/docker/engine"
	"github.com/fnhost/fn/plugins/docker/enginetest"
	"github.com/fnhost/fn/sdk"
)

// newStore is one of a host of its own.
func newStore(t *testing.T, e *engine.Engine, environ ...string) *Store {
	t.Helper()
	dir := t.TempDir()
	return &Store{
		Engine: e, HostID: "test-" + rand.Text(), Component: "docker", Process: "1",
		ConfigDir: filepath.Join(dir, "docker"), StateDir: filepath.Join(dir, "state"), Environ: environ,
	}
}

// configure writes docker's config.json.
func configure(t *testing.T, s *Store, content any) {
	t.Helper()
	text, err := json.Marshal(content)
	if err == nil {
		err = os.MkdirAll(s.ConfigDir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(s.ConfigDir, "config.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func fails(t *testing.T, err error, kind sdk.Kind, message, hint string) {
	t.Helper()
	var e *sdk.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Message, message) || !strings.Contains(e.Hint, hint) || e.Hint == "" {
		t.Errorf("the error is %s: %v, want %s: %q with hint %q", sdk.KindOf(err), err, kind, message, hint)
		if e != nil {
			t.Log("its hint:", e.Hint)
		}
	}
}

// steps keeps what progress is told.
type steps struct {
	mu   sync.Mutex
	said []string
}

func (s *steps) progress(step string, done, total int64, unit string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, step)
}

func (s *steps) has(step string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, said := range s.said {
		if strings.HasPrefix(said, step) {
			return true
		}
	}
	return false
}

func ignore(string, int64, int64, string) {}

// removed removes an image after the test.
func removed(t *testing.T, e *engine.Engine, ref string) {
	t.Cleanup(func() { _, _ = e.ImageRemove(context.Background(), ref, image.RemoveOptions{Force: true}) })
}

// small is a little image that only this test has.
func small(t *testing.T, e *engine.Engine, changes ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(t.Name()+strings.Repeat("x", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	return enginetest.Scratch(t, e, map[string]string{"/file": file}, changes...)
}
