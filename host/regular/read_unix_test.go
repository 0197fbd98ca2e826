//go:build unix

package regular_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/fnhost/fn/host/regular"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(
		os.WriteFile(at("file"), []byte("12345"), 0o600),
		os.Symlink("file", at("link")),
		os.Symlink("/dev/zero", at("endless")),
		syscall.Mkfifo(at("pipe"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"file", "link"} {
		if got, err := regular.Read(at(name), 5); string(got) != "12345" || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := regular.Read(at("file"), 4); got != nil || !errors.Is(err, regular.ErrLarge) {
		t.Errorf("above the limit: %q, %v", got, err)
	}
	if _, err := regular.Read(at("missing"), 5); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	for name, says := range map[string]string{"pipe": "a named pipe", "endless": "a device", ".": "a directory"} {
		if got, err := regular.Read(at(name), 5); got != nil || err == nil || !strings.Contains(err.Error(), "is "+says+", not a regular file") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
