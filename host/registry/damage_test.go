package registry

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/fnhost/fn/sdk/fault"
)

func TestDamaged(t *testing.T) {
	full := func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "fn.db")
		r, err := Open(path, Options{})
		must(t, err, "")
		for i := range 300 {
			_, err := r.CreateFunction(t.Context(), version(fmt.Sprintf("f%03d", i), "a"))
			must(t, err, "")
		}
		must(t, r.Close(), "")
		return path
	}
	change := func(path string, at int64, bytes []byte) error {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = f.WriteAt(bytes, at)
		return err
	}
	for name, damage := range map[string]func(path string) error{
		"no database": func(path string) error {
			return os.WriteFile(path, []byte("this is a text, not a database, and long enough to be one\n"), 0o600)
		},
		"header":     func(path string) error { return change(path, 0, make([]byte, 100)) },
		"first page": func(path string) error { return change(path, 100, []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")) },
		"all pages":  func(path string) error { return change(path, 4096, make([]byte, 40_000)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := full(t)
			must(t, damage(path), "")
			before, err := os.ReadFile(path)
			must(t, err, "")
			r, err := Open(path, Options{})
			if err == nil {
				defer r.Close()
				_, err = r.List(t.Context())
			}
			must(t, err, fault.Internal, path, "damaged", "mv ", "fn config --reset --all --yes")
			after, err := os.ReadFile(path)
			must(t, err, "")
			if string(before) != string(after) {
				t.Error("the damaged file was changed")
			}
		})
	}
}

func TestNewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fn.db")
	r, err := Open(path, Options{})
	must(t, err, "")
	_, err = r.write.Exec("PRAGMA user_version = 99")
	must(t, err, "")
	must(t, r.Close(), "")
	_, err = Open(path, Options{})
	must(t, err, fault.Conflict, path, "newer fn", "99", "FN_HOME=DIR")
}

func TestForeignDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fn.db")
	r, err := Open(path, Options{})
	must(t, err, "")
	_, err = r.write.Exec("PRAGMA user_version = 0")
	must(t, err, "")
	must(t, r.Close(), "")
	_, err = Open(path, Options{})
	must(t, err, fault.Conflict, path, "another program")
}

func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(filepath.Join(dir, "missing", "fn.db"), Options{})
	must(t, err, fault.Internal, "missing")
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	must(t, os.Chmod(dir, 0o500), "")
	_, err = Open(filepath.Join(dir, "fn.db"), Options{})
	must(t, err, fault.PermissionDenied, dir, "FN_HOME=DIR")
}

func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fn.db")
	holder := open(t, path)
	other := open(t, path)
	_, err := other.write.Exec("PRAGMA busy_timeout = 20") // only now: to open it may take longer
	must(t, err, "")
	tx, err := holder.write.Begin()
	must(t, err, "")
	defer tx.Rollback()
	_, err = other.CreateFunction(t.Context(), version("f", "a"))
	must(t, err, fault.Conflict, "locked", path)
	if _, err := other.List(t.Context()); err != nil {
		t.Errorf("a reader waits for a writer: %v", err)
	}
}
