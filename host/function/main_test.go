package function

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk/fault"
)

// must fails the test unless err has the kind and, with its hint, says the
// words; kind "" means no error.
func must(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if kind == "" {
		if err != nil {
			t.Fatalf("unexpected: %v", err)
		}
		return
	}
	if err == nil || fault.KindOf(err) != kind {
		t.Fatalf("got %v, want kind %s", err, kind)
	}
	text := err.Error() + "\n" + fault.From(err).Hint
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("error lacks %q:\n%s", w, text)
		}
	}
}

// tree is a new directory with files; a name that ends with "*" is executable.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name, executable := strings.CutSuffix(name, "*")
		mode := os.FileMode(0o644)
		if executable {
			mode = 0o755
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		must(t, os.MkdirAll(filepath.Dir(path), 0o755), "")
		must(t, os.WriteFile(path, []byte(text), mode), "")
	}
	return dir
}
