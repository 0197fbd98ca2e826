//go:build unix

package dirs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk/fault"
)

// below is a set of directories in dir, its runtime directory in a public place.
func below(dir string) Dirs {
	at := func(name string) string { return filepath.Join(dir, name) }
	return Dirs{Config: at("a/config"), Data: at("b/data"), State: at("state"), Cache: at("cache"), Logs: at("state"), Runtime: at("public/fn-1/key")}
}

func TestPrepare(t *testing.T) {
	d := below(t.TempDir())
	for range 2 { // the second time finds all there
		if err := d.Prepare(); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{d.Config, filepath.Dir(d.Config), d.Data, d.State, d.Cache, d.Runtime, filepath.Dir(d.Runtime)} {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", dir, info, err)
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(d Dirs) error
		kind  fault.Kind
		words []string
	}{
		{"a file in the way", func(d Dirs) error { return os.WriteFile(d.State, nil, 0o600) }, fault.Invalid, []string{"state", "FN_HOME=DIR"}},
		{"a file in place of the runtime directory", func(d Dirs) error {
			return os.WriteFile(filepath.Dir(d.Runtime), nil, 0o600)
		}, fault.PermissionDenied, []string{"fn-1"}},
		{"a link in place of the runtime directory", func(d Dirs) error {
			return os.Symlink(os.TempDir(), filepath.Dir(d.Runtime))
		}, fault.PermissionDenied, []string{"fn-1", "no directory"}},
		{"others can write", func(d Dirs) error {
			if err := os.Mkdir(filepath.Dir(d.Runtime), 0o700); err != nil {
				return err
			}
			return os.Chmod(filepath.Dir(d.Runtime), 0o777)
		}, fault.PermissionDenied, []string{"other users can write", "fn-1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := below(t.TempDir())
			if err := os.Mkdir(filepath.Dir(filepath.Dir(d.Runtime)), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := c.spoil(d); err != nil {
				t.Fatal(err)
			}
			err := d.Prepare()
			if fault.KindOf(err) != c.kind || err == nil {
				t.Fatalf("got %v, want %s", err, c.kind)
			}
			for _, w := range c.words {
				if text := err.Error() + fault.From(err).Hint; !strings.Contains(text, w) {
					t.Errorf("%q lacks %q", text, w)
				}
			}
		})
	}
}

func TestPrepareTightens(t *testing.T) {
	d := below(t.TempDir())
	if err := os.MkdirAll(d.Runtime, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := d.Prepare(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(d.Runtime); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestForeignRuntimeDirectory(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can make a directory of another user")
	}
	d := below(t.TempDir())
	if err := os.MkdirAll(filepath.Dir(d.Runtime), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Dir(d.Runtime), 12345, 12345); err != nil {
		t.Fatal(err)
	}
	err := d.Prepare()
	if fault.KindOf(err) != fault.PermissionDenied || !strings.Contains(err.Error(), "another user") || fault.From(err).Hint != "FN_HOME=DIR" {
		t.Errorf("got %v", err)
	}
	if owned(filepath.Dir(d.Runtime), 0) || !owned(d.State, 0) {
		t.Error("owned does not tell whose a directory is")
	}
}

func TestReadOnlyHome(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	home := t.TempDir()
	d := below(home)
	if err := d.Prepare(); err != nil {
		t.Fatal(err)
	}
	// A configuration that only can be read is good enough.
	if err := os.Chmod(d.Config, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := d.Prepare(); err != nil {
		t.Errorf("read-only configuration: %v", err)
	}
	if err := os.Chmod(d.Data, 0o500); err != nil {
		t.Fatal(err)
	}
	err := d.Prepare()
	if fault.KindOf(err) != fault.PermissionDenied || !strings.Contains(err.Error(), d.Data) || fault.From(err).Hint != "FN_HOME=DIR" {
		t.Errorf("got %v", err)
	}
	if err := os.Chmod(home, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(home, 0o700)
	d.Cache = filepath.Join(home, "new")
	if err := d.Prepare(); fault.KindOf(err) != fault.PermissionDenied {
		t.Errorf("got %v", err)
	}
}
