//go:build unix

package bundle_test

import (
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// An ignore file that nobody writes to is not waited for.
func TestIgnoreFileThatIsAPipe(t *testing.T) {
	dir := tree(t, map[string]string{"run*": ""})
	if err := syscall.Mkfifo(filepath.Join(dir, bundle.IgnoreFile), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := bundle.Pack(io.Discard, dir, bundle.Options{})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "not a regular file") {
		t.Error(err)
	}
}
