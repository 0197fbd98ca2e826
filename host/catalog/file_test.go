package catalog

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk"
)

func TestDamagedFileIsRebuilt(t *testing.T) {
	one := `{"name":"docker","key":"k","state":"ready"}`
	for name, content := range map[string]string{
		"empty":      "",
		"cut":        `{"format":1,"components":[{"name":"do`,
		"format":     `{"format":99,"components":[]}`,
		"other json": `[1,2,3]`,
		"state":      `{"format":1,"components":[{"name":"docker","key":"k","state":"splendid"}]}`,
		"twice":      `{"format":1,"components":[` + one + "," + one + `]}`,
		"huge":       `{"format":1,"x":"` + strings.Repeat("x", maxFile) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "components.json")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			c := New(Options{Path: path})
			if !c.FirstRun() || !strings.Contains(c.Note(), "rebuilt") {
				t.Errorf("first run %v, note %q", c.FirstRun(), c.Note())
			}
			c.Retain(nil)
			c.Close()
			if c := New(Options{Path: path}); c.FirstRun() || c.Note() != "" {
				t.Errorf("not rebuilt: %q", c.Note())
			}
		})
	}
}

func TestFileIsPrivateAndWritesAreTriedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	path := filepath.Join(dir, "components.json")
	c := New(Options{Path: path, Probe: func(context.Context, Target) (sdk.Description, []string, sdk.Validation, error) {
		return sdk.Description{}, nil, sdk.Validation{}, nil
	}})
	c.Check(t.Context(), []Target{{Name: "a"}}, nil) // no such directory: nothing is written, nothing fails
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c.Close()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		t.Errorf("mode %v", info.Mode())
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}

func FuzzParse(f *testing.F) {
	whole, err := format([]api.CachedComponent{{
		Component: api.Component{
			Name: "docker", State: api.ComponentReady, Provides: []string{"run"}, CheckedAt: api.Time{Time: time.Unix(1e9, 0).UTC()},
			Limits: &api.Limits{}, Checks: []api.Check{{Name: "daemon"}},
		}, Key: "k", SHA256: "abc", Env: []string{"HOME"},
	}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"format":1,"components":null}`))
	f.Add([]byte(`{"format":1,"components":[{"name":"a","key":"k","state":"broken","checked_at":"0000-01-01T00:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parse(data)
		if err != nil {
			if entries != nil {
				t.Fatal("entries with an error")
			}
			return
		}
		written, err := format(entries)
		if err != nil {
			t.Fatalf("read but cannot be written: %v", err)
		}
		again, err := parse(written)
		if err != nil {
			t.Fatalf("%v in %s", err, written)
		}
		if diff := cmp.Diff(entries, again); diff != "" {
			t.Fatal(diff)
		}
	})
}
