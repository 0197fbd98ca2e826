package registry

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk/fault"
)

func open(t testing.TB, path string) *Registry {
	t.Helper()
	r, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func fresh(t testing.TB) *Registry {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "fn.db"))
}

func version(name, digest string) Version {
	return Version{Function: name, Runtime: "exec", Handler: "run", Digest: "sha256:" + digest, Size: 7, Settings: []byte(`{"memory":1}`)}
}

// must fails the test unless err has the kind and says the words; kind ""
// means no error.
func must(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if kind == "" {
		if err != nil {
			t.Fatalf("unexpected: %v", err)
		}
		return
	}
	if err == nil || fault.KindOf(err) != kind {
		t.Fatalf("got %v (%s), want kind %s", err, fault.KindOf(err), kind)
	}
	text := err.Error() + "\n" + fault.From(err).Hint
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("error lacks %q:\n%s", w, text)
		}
	}
}
