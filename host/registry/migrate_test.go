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

// Versions of before functions could be images are of code.
func TestMigrationOfVersions(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "fn.db")
	db, err := sql.Open("sqlite", path)
	must(t, err, "")
	for _, statement := range []string{
		migrations()[0], migrations()[1],
		"INSERT INTO functions VALUES ('f', 1, 5)",
		"INSERT INTO versions VALUES ('f', 1, 'exec', 'run', 'sha256:00', 9, '{}', 5)",
		"PRAGMA user_version = 2",
	} {
		_, err := db.Exec(statement)
		must(t, err, "")
	}
	must(t, db.Close(), "")
	r := open(t, path)
	old, err := r.Get(ctx, "f")
	must(t, err, "")
	if old.Image != "" || old.Digest != "sha256:00" {
		t.Errorf("%+v", old)
	}
	wanted := Version{Function: "f", Runtime: "exec", Image: "img:1", Settings: []byte("{}")}
	_, err = r.AddVersion(ctx, wanted, 1)
	must(t, err, "")
	for _, apply := range []struct {
		image string
		want  Change
	}{{"img:1", Unchanged}, {"img:2", Updated}} {
		wanted.Image = apply.image
		_, change, err := r.Apply(ctx, wanted, 2)
		must(t, err, "")
		if change != apply.want {
			t.Errorf("%s: %s, want %s", apply.image, change, apply.want)
		}
	}
	now, err := r.Callable(ctx, "f")
	must(t, err, "")
	if now.Version.Image != "img:2" || now.Version.Version != 3 {
		t.Errorf("%+v", now.Version)
	}
	digests, err := r.Digests(ctx)
	must(t, err, "")
	if len(digests) != 1 {
		t.Errorf("digests: %v", digests)
	}
}
