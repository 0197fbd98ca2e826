package local

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCollectSaysWhatItRemoved(t *testing.T) {
	p := newPlace(t, "", nil)
	f := p.deployed("one", languageExec, cat)
	left := filepath.Join(p.packages.store.Dir, ".new-key-1")
	if err := os.MkdirAll(filepath.Join(left, "work"), 0o700); err != nil {
		t.Fatal(err)
	}
	removed, err := p.Collect(t.Context(), nil, quiet)
	if err != nil || len(removed) != 1 || !strings.HasSuffix(removed[0], left) {
		t.Fatalf("removed %q, %v", removed, err)
	}
	if removed, err := p.Collect(t.Context(), nil, quiet); err != nil || len(removed) != 0 {
		t.Errorf("again: %q, %v", removed, err)
	}
	if got := p.result(f, "x"); got != "x" {
		t.Error(got)
	}
}
