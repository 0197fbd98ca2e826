//go:build linux

package faults

import (
	"database/sql"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A clock that was set back leaves times in the future behind: of files, of the
// components' states and of records.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	h := survivor(t)
	h.ok("host", "stop")
	const years = 10 * 365 * 24 * time.Hour
	future := time.Now().Add(years)
	h.shiftRecords(years)
	h.shiftComponents(years)
	must(t, filepath.WalkDir(h.root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		return os.Chtimes(path, future, future)
	}))

	before := get[callList](h, "calls").Calls
	h.works()
	calls := get[callList](h, "calls", "--last", "100").Calls
	if len(calls) != len(before)+1 || calls[1].ID != before[0].ID {
		t.Errorf("one more call after %v: %v", before, calls)
	}
	for _, c := range calls {
		if got := get[struct{ ID string }](h, "calls", "show", c.ID).ID; got != c.ID {
			t.Errorf("call %s shows as %s", c.ID, got)
		}
	}

	// What was found out in the future is found out again.
	h.eventually(20*time.Second, "the components are looked at again", func() (string, bool) {
		text, err := os.ReadFile(h.path("cache", "components.json"))
		must(t, err)
		var file componentsFile
		must(t, json.Unmarshal(text, &file))
		sane := true
		for _, c := range file.Components {
			checked, _ := c["checked_at"].(string)
			at, err := time.Parse(time.RFC3339Nano, checked)
			sane = sane && err == nil && at.Before(time.Now().Add(time.Second))
		}
		return string(text), sane
	})

	// A changed manifest and a changed function count although they are older
	// than what they replace.
	h.write(h.path("config", "plugins.toml"), "[local]\n[local.config]\nwarm = 1\n", 0o644)
	h.works()
	h.have("echo", "exec", "#!/bin/sh\nprintf changed\n")
	if got := h.ok("run", "echo"); got != "changed" {
		t.Errorf("the new version answered %q", got)
	}
	h.ok("gc")
	h.ok("list")
	h.ok("status", "--refresh")
	if got := h.ok("run", "echo"); got != "changed" {
		t.Errorf("after gc it answered %q", got)
	}
}

type componentsFile struct {
	Format     int              `json:"format"`
	Components []map[string]any `json:"components"`
}

// shiftComponents moves all that is known of components into the future.
func (h *home) shiftComponents(by time.Duration) {
	h.Helper()
	path := h.path("cache", "components.json")
	text, err := os.ReadFile(path)
	must(h, err)
	var file componentsFile
	must(h, json.Unmarshal(text, &file))
	for _, c := range file.Components {
		for _, name := range []string{"checked_at", "expires_at"} {
			at, err := time.Parse(time.RFC3339Nano, c[name].(string))
			must(h, err)
			c[name] = at.Add(by).Format(time.RFC3339Nano)
		}
	}
	text, err = json.Marshal(file)
	must(h, err)
	h.write(path, string(text), 0o600)
}

// shiftRecords moves the times in the database into the future.
func (h *home) shiftRecords(by time.Duration) {
	h.Helper()
	db, err := sql.Open("sqlite", "file:"+h.path("data", "fn.db"))
	must(h, err)
	defer db.Close()
	for table, column := range map[string]string{"calls": "time", "functions": "updated_at", "deployments": "observed_at"} {
		done, err := db.Exec("UPDATE "+table+" SET "+column+" = "+column+" + ?", by.Microseconds())
		must(h, err)
		if n, _ := done.RowsAffected(); n == 0 {
			h.Fatalf("no %s was moved", table)
		}
	}
}
