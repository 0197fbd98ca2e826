package registry

import (
	"database/sql"
	"path/filepath"
	"testing"
)

// What the first schema holds is still there after all that came later.
func TestMigrationFromTheFirstSchema(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "fn.db")
	db, err := sql.Open("sqlite", path)
	must(t, err, "")
	for _, statement := range []string{
		migrations()[0],
		`INSERT INTO runtimes (name, language, image, base, created_at) VALUES ('sci', 'python', 'img', '', 5)`,
		"PRAGMA user_version = 1",
	} {
		_, err := db.Exec(statement)
		must(t, err, "")
	}
	must(t, db.Close(), "")
	r := open(t, path)
	old, err := r.Runtime(ctx, "sci")
	must(t, err, "")
	if old.Image != "img" || old.Requirements != "" || old.Preload != nil {
		t.Errorf("%+v", old)
	}
	_, err = r.CreateRuntime(ctx, Runtime{Name: "more", From: "sci", Requirements: "six\n", Preload: []string{"a", "b"}})
	must(t, err, "")
	made, err := r.Runtime(ctx, "more")
	must(t, err, "")
	if made.Requirements != "six\n" || len(made.Preload) != 2 {
		t.Errorf("%+v", made)
	}
}
