package registry

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// builtins are the runtimes that are always there, one for each language. Those
// of go are built where they are made, see package build.
func builtins() []Runtime {
	return []Runtime{
		{Name: "exec", Language: "exec", Builtin: true},
		{Name: "go", Language: "go", Builtin: true},
		{Name: "node", Language: "node", Builtin: true},
		{Name: "provided", Language: "provided", Builtin: true},
		{Name: "python", Language: "python", Builtin: true},
	}
}

func builtinRuntime(name string) (Runtime, bool) {
	for _, b := range builtins() {
		if b.Name == name {
			return b, true
		}
	}
	return Runtime{}, false
}

// Languages are the languages of the builtin runtimes.
func Languages() []string {
	var languages []string
	for _, b := range builtins() {
		languages = append(languages, b.Language)
	}
	return languages
}

const runtimeQuery = "SELECT name, language, image, base, created_at, requirements, preload FROM runtimes"

func scanRuntime(row scanner) (Runtime, error) {
	var rt Runtime
	var created int64
	var preload string
	err := row.Scan(&rt.Name, &rt.Language, &rt.Image, &rt.From, &created, &rt.Requirements, &preload)
	rt.CreatedAt, rt.Preload = fromMicro(created), preloads(preload)
	return rt, err
}

// preloads are the names in a column of them.
func preloads(column string) []string {
	if column == "" {
		return nil
	}
	return strings.Split(column, ",")
}

// CompleteRuntime is a runtime as CreateRuntime would make it, with its errors;
// it makes none.
func (r *Registry) CompleteRuntime(ctx context.Context, rt Runtime) (Runtime, error) {
	tx, err := r.read.BeginTx(ctx, nil)
	if err != nil {
		return rt, r.fault("complete runtime", err)
	}
	defer tx.Rollback()
	rt, err = complete(tx, rt)
	return rt, r.fault("complete runtime", err)
}

// CreateRuntime makes a runtime. With From, language and image are those of
// that runtime unless given. A name that is taken is a Conflict, an unknown
// language Invalid, an unknown From NotFound.
func (r *Registry) CreateRuntime(ctx context.Context, rt Runtime) (Runtime, error) {
	err := r.change(ctx, "create runtime", func(tx *sql.Tx) (err error) {
		if rt, err = complete(tx, rt); err != nil {
			return err
		}
		now := micro(r.now())
		rt.CreatedAt, rt.Builtin = fromMicro(now), false
		_, err = tx.Exec("INSERT INTO runtimes (name, language, image, base, created_at, requirements, preload) VALUES (?, ?, ?, ?, ?, ?, ?)",
			rt.Name, rt.Language, rt.Image, rt.From, now, rt.Requirements, strings.Join(rt.Preload, ","))
		return err
	})
	return rt, err
}

// UpdateRuntime gives a runtime another image, requirements and preloads.
// Runtimes that were made from it keep theirs. A builtin one is a Conflict.
func (r *Registry) UpdateRuntime(ctx context.Context, rt Runtime) error {
	if _, ok := builtinRuntime(rt.Name); ok {
		return fault.New(fault.Conflict, "runtime %q is built in", rt.Name).
			WithHint("fn runtime create NAME --from %s    makes one that can be changed", rt.Name)
	}
	return r.change(ctx, "update runtime", func(tx *sql.Tx) error {
		if err := r.needRuntime(tx, rt.Name); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE runtimes SET image = ?, requirements = ?, preload = ? WHERE name = ?",
			rt.Image, rt.Requirements, strings.Join(rt.Preload, ","), rt.Name)
		return err
	})
}

// RuntimeUsers are the components that have a version deployed which runs in a
// runtime, and the runtimes that were made from it.
func (r *Registry) RuntimeUsers(ctx context.Context, name string) (components, runtimes []string, err error) {
	components, err = column(r.read, `SELECT DISTINCT d.component FROM deployments d
		JOIN versions v ON v.function = d.function AND v.version = d.version
		WHERE v.runtime = ? ORDER BY d.component`, name)
	if err == nil {
		runtimes, err = column(r.read, "SELECT name FROM runtimes WHERE base = ? ORDER BY name", name)
	}
	return components, runtimes, r.fault("runtime users", err)
}

// NoImagesIn is a Conflict where a function, in its current version, is an image
// and runs in a runtime: that cannot have an image too.
func (r *Registry) NoImagesIn(ctx context.Context, runtime string) error {
	functions, err := column(r.read, `SELECT f.name FROM functions f JOIN versions v ON v.function = f.name AND v.version = f.current
		WHERE v.runtime = ? AND v.image <> '' ORDER BY f.name`, runtime)
	if err == nil && len(functions) > 0 {
		err = fault.New(fault.Conflict, "runtime %q cannot have an image: it is that of functions which are images themselves, %s", runtime, few(functions)).
			WithHint("fn update %s --runtime exec", functions[0])
	}
	return r.fault("runtime users", err)
}

// complete fills in what a new runtime takes from another one.
func complete(tx *sql.Tx, rt Runtime) (Runtime, error) {
	if _, err := findRuntime(tx, rt.Name); err == nil {
		return rt, fault.New(fault.Conflict, "there is a runtime %q already", rt.Name).
			WithHint("fn runtime show %s", rt.Name)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return rt, err
	}
	if rt.From != "" {
		base, err := findRuntime(tx, rt.From)
		if err != nil {
			return rt, orNoRuntime(tx, rt.From, err)
		}
		if rt.Language != "" && rt.Language != base.Language {
			return rt, fault.New(fault.Invalid, "runtime %q: its language is that of %s, %s, not %s", rt.Name, base.Name, base.Language, rt.Language)
		}
		rt.Language = base.Language
		if rt.Image == "" {
			rt.Image = base.Image
		}
	}
	if rt.Language == "" {
		return rt, fault.New(fault.Invalid, "runtime %q: no language was given%s", rt.Name, fault.Suggest("", Languages())).
			WithHint("fn runtime create %s --language python", rt.Name)
	}
	if !slices.Contains(Languages(), rt.Language) {
		return rt, fault.New(fault.Invalid, "runtime %q: unknown language %q%s", rt.Name, rt.Language, fault.Suggest(rt.Language, Languages()))
	}
	return rt, nil
}

// Runtime is the runtime of that name, or NotFound.
func (r *Registry) Runtime(ctx context.Context, name string) (Runtime, error) {
	if b, ok := builtinRuntime(name); ok {
		return b, nil
	}
	rt, err := scanRuntime(r.read.QueryRowContext(ctx, runtimeQuery+" WHERE name = ?", name))
	if err != nil {
		return Runtime{}, r.fault("get runtime", orNoRuntime(r.read, name, err))
	}
	return rt, nil
}

// Runtimes are all runtimes, by name.
func (r *Registry) Runtimes(ctx context.Context) ([]Runtime, error) {
	list := builtins()
	rows, err := r.read.QueryContext(ctx, runtimeQuery)
	if err != nil {
		return nil, r.fault("list runtimes", err)
	}
	defer rows.Close()
	for rows.Next() {
		rt, err := scanRuntime(rows)
		if err != nil {
			return nil, r.fault("list runtimes", err)
		}
		list = append(list, rt)
	}
	slices.SortFunc(list, func(a, b Runtime) int { return strings.Compare(a.Name, b.Name) })
	return list, r.fault("list runtimes", rows.Err())
}

// DeleteRuntime forgets a runtime. A builtin one, or one that a version of a
// function or another runtime needs, is a Conflict that names them.
func (r *Registry) DeleteRuntime(ctx context.Context, name string) error {
	if _, ok := builtinRuntime(name); ok {
		return fault.New(fault.Conflict, "runtime %q is built in", name).WithHint("fn runtime list")
	}
	return r.change(ctx, "delete runtime", func(tx *sql.Tx) error {
		if _, err := findRuntime(tx, name); err != nil {
			return orNoRuntime(tx, name, err)
		}
		if err := unusedByFunctions(tx, name); err != nil {
			return err
		}
		runtimes, err := column(tx, "SELECT name FROM runtimes WHERE base = ? AND base <> '' ORDER BY name", name)
		if err != nil {
			return err
		}
		if len(runtimes) > 0 {
			return fault.New(fault.Conflict, "runtime %q is what %s was made from", name, few(runtimes)).
				WithHint("fn runtime delete %s", runtimes[0])
		}
		_, err = tx.Exec("DELETE FROM runtimes WHERE name = ?", name)
		return err
	})
}

// unusedByFunctions is a Conflict where a version of a function runs in a
// runtime. Those that are not called any more come last: nothing but time, or the
// end of the function, takes them away.
func unusedByFunctions(tx *sql.Tx, runtime string) error {
	functions, err := column(tx, `SELECT f.name FROM functions f JOIN versions v ON v.function = f.name AND v.version = f.current
		WHERE v.runtime = ? ORDER BY f.name`, runtime)
	if err != nil {
		return err
	}
	if len(functions) > 0 {
		return fault.New(fault.Conflict, "runtime %q is used by %s", runtime, few(functions)).
			WithHint("fn update %s --runtime RUNTIME", functions[0])
	}
	if functions, err = column(tx, "SELECT DISTINCT function FROM versions WHERE runtime = ? ORDER BY function", runtime); err != nil {
		return err
	}
	if len(functions) > 0 {
		return fault.New(fault.Conflict, "runtime %q is used by versions of %s that can be rolled back to", runtime, few(functions)).
			WithHint("fn versions %s    new versions displace the oldest, as keep_versions in config.toml says", functions[0])
	}
	return nil
}

// few lists names, not too many.
func few(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

func findRuntime(tx *sql.Tx, name string) (Runtime, error) {
	if b, ok := builtinRuntime(name); ok {
		return b, nil
	}
	return scanRuntime(tx.QueryRow(runtimeQuery+" WHERE name = ?", name))
}

// needRuntime is NotFound where the runtime does not exist.
func (r *Registry) needRuntime(tx *sql.Tx, name string) error {
	_, err := findRuntime(tx, name)
	return orNoRuntime(tx, name, err)
}

func orNoRuntime(q querier, name string, err error) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	known, err := column(q, "SELECT name FROM runtimes ORDER BY name")
	if err != nil {
		return err
	}
	for _, b := range builtins() {
		known = append(known, b.Name)
	}
	return fault.New(fault.NotFound, "there is no runtime %q%s", name, fault.Suggest(name, known)).
		WithHint("fn runtime list")
}
