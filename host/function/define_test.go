package function

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/worker"
)

// definer packs for real, into a directory that all of a test share; it knows
// the built-in runtimes and "science", a python. Its notes go to the returned
// list.
func definer(t *testing.T) (Definer, *[]string) {
	var notes []string
	bundles := filepath.Dir(t.TempDir())
	stored := func(digest string) string {
		return filepath.Join(bundles, strings.TrimPrefix(digest, "sha256:")+".zip")
	}
	languages := map[string]string{"exec": "exec", "python": "python", "node": "node", "science": "python"}
	return Definer{
		Pack: func(path string, exclude ...string) (bundle.Summary, error) {
			var packed bytes.Buffer
			summary, err := bundle.Pack(&packed, path, bundle.Options{Exclude: exclude})
			if err == nil {
				err = os.WriteFile(stored(summary.Digest), packed.Bytes(), 0o600)
			}
			return summary, err
		},
		Stored: stored,
		Runtime: func(_ context.Context, name string) (registry.Runtime, error) {
			if languages[name] == "" {
				return registry.Runtime{}, fault.New(fault.NotFound, "there is no runtime %q", name)
			}
			return registry.Runtime{Name: name, Language: languages[name]}, nil
		},
		Note: func(text string) { notes = append(notes, text) },
	}, &notes
}

func define(t *testing.T, spec api.FunctionSpec, previous *registry.Version) (registry.Version, Settings) {
	t.Helper()
	d, _ := definer(t)
	v, err := d.Define(context.Background(), spec, previous)
	must(t, err, "")
	s, err := SettingsOf(v)
	must(t, err, "")
	return v, s
}

func refused(t *testing.T, spec api.FunctionSpec, previous *registry.Version, kind fault.Kind, says ...string) {
	t.Helper()
	d, _ := definer(t)
	_, err := d.Define(context.Background(), spec, previous)
	must(t, err, kind, says...)
}

func ptr[T any](v T) *T { return &v }

func TestDefaults(t *testing.T) {
	for name, memory := range map[string]int64{"run*": 128 << 20, "handler.py": 256 << 20} {
		dir := tree(t, map[string]string{name: ""})
		v, s := define(t, api.FunctionSpec{Name: "f", Path: dir}, nil)
		if diff := cmp.Diff(Settings{Memory: memory, Timeout: Duration(30 * time.Second), Network: "on"}, s); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if v.Function != "f" || v.Digest == "" || v.Size == 0 {
			t.Errorf("%+v", v)
		}
	}
}

func TestNotesTellWhatWasGuessed(t *testing.T) {
	d, notes := definer(t)
	dir := tree(t, map[string]string{"lambda_function.py": "def lambda_handler(event, context): pass\n"})
	_, err := d.Define(context.Background(), api.FunctionSpec{Name: "f", Path: dir}, nil)
	must(t, err, "")
	want := []string{"runtime: python", "handler: lambda_function.lambda_handler, the only candidate"}
	if diff := cmp.Diff(want, *notes); diff != "" {
		t.Error(diff)
	}
}

// Flags decide before fn.toml, that before the previous version, that before
// the defaults: each setting on its own.
func TestPrecedence(t *testing.T) {
	code := map[string]string{"handler.py": "", "main.py": "", "app.py": ""}
	plain := tree(t, code)
	code[FileName] = `
runtime = "science"
handler = "main.handler"
component = "docker"
memory = "512MiB"
cpus = 2
timeout = "1m"
network = "none"
[env]
A = "file"
B = "file"
[secrets]
S = { env = "FILE" }
[on.docker]
x = 1
`
	described := tree(t, code)
	flags := api.FunctionSpec{
		Name: "f", Runtime: ptr("python"), Handler: ptr("app.handler"), Component: ptr("local"), Memory: ptr("1GiB"),
		CPUs: ptr(4.0), Timeout: ptr("2m"), Network: ptr("on"), Env: map[string]string{"B": "flag", "C": "flag"},
	}
	fromFile := Settings{
		Component: "docker", Memory: 512 << 20, CPUs: 2, Timeout: Duration(time.Minute), Network: "none",
		Env:     map[string]string{"A": "file", "B": "file"},
		Secrets: map[string]SecretRef{"S": {Env: "FILE"}}, On: map[string]json.RawMessage{"docker": json.RawMessage(`{"x":1}`)},
	}
	fromBoth := fromFile
	fromBoth.Component, fromBoth.Memory, fromBoth.CPUs, fromBoth.Timeout, fromBoth.Network = "local", 1<<30, 4, Duration(2*time.Minute), "on"
	fromBoth.Env = map[string]string{"A": "file", "B": "flag", "C": "flag"}

	refused(t, api.FunctionSpec{Name: "f", Path: plain, Env: map[string]string{"A": strings.Repeat("x", worker.MaxEnvBytes)}}, nil, fault.Invalid, "128 KiB is the most")

	check := func(what string, spec api.FunctionSpec, previous *registry.Version, runtime, handler string, want Settings) registry.Version {
		t.Helper()
		v, got := define(t, spec, previous)
		if v.Runtime != runtime || v.Handler != handler {
			t.Errorf("%s: runtime %s, handler %s", what, v.Runtime, v.Handler)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		return v
	}
	defaults := Settings{Memory: 256 << 20, Timeout: Duration(30 * time.Second), Network: "on"}
	first := check("defaults", api.FunctionSpec{Name: "f", Path: plain}, nil, "python", "handler.handler", defaults)
	file := check("fn.toml", api.FunctionSpec{Name: "f", Path: described}, nil, "science", "main.handler", fromFile)
	check("fn.toml over previous", api.FunctionSpec{Name: "f", Path: described}, &first, "science", "main.handler", fromFile)
	check("previous", api.FunctionSpec{Name: "f", Path: plain}, &file, "science", "main.handler", fromFile)
	check("previous, its code too", api.FunctionSpec{Name: "f"}, &file, "science", "main.handler", fromFile)
	check("flags over previous", flags, &file, "python", "app.handler", fromBoth)
	flags.Path = described
	check("flags over fn.toml", flags, nil, "python", "app.handler", fromBoth)
	both := check("flags over fn.toml over previous", flags, &first, "python", "app.handler", fromBoth)

	// What fn.toml does not say stays as it was; a table it has replaces the whole.
	code[FileName] = "memory = \"64MiB\"\n[env]\nA = \"again\"\n"
	fromBoth.Memory, fromBoth.Env = 64<<20, map[string]string{"A": "again"}
	check("a short fn.toml", api.FunctionSpec{Name: "f", Path: tree(t, code)}, &both, "python", "app.handler", fromBoth)
	// --component "" lets the component be chosen again.
	fromBoth.Component = ""
	check("unset", api.FunctionSpec{Name: "f", Component: ptr(""), Path: tree(t, code)}, &both, "python", "app.handler", fromBoth)
}

// A version is not changed by what is made from it.
func TestPreviousStays(t *testing.T) {
	dir := tree(t, map[string]string{"run*": ""})
	first, _ := define(t, api.FunctionSpec{Name: "f", Path: dir, Env: map[string]string{"A": "1"}}, nil)
	before := string(first.Settings)
	_, s := define(t, api.FunctionSpec{Name: "f", Env: map[string]string{"B": "2"}}, &first)
	if diff := cmp.Diff(map[string]string{"A": "1", "B": "2"}, s.Env); diff != "" || string(first.Settings) != before {
		t.Error(diff, string(first.Settings))
	}
}

// Apply asks for the version that fn.toml describes, whatever was there; the
// same directory is the same version, byte for byte.
func TestApplyDefinesTheSameAgain(t *testing.T) {
	dir := tree(t, map[string]string{
		"run*":   "",
		FileName: "name = \"count\"\n[env]\nB = \"2\"\nA = \"1\"\n[secrets]\nT = { env = \"T\" }\n[on.z]\n[on.a]\nb = 1\na = 2\n",
	})
	v, _ := define(t, api.FunctionSpec{Path: dir}, nil)
	if v.Function != "count" {
		t.Errorf("called %q", v.Function)
	}
	for range 20 {
		again, _ := define(t, api.FunctionSpec{Path: dir}, nil)
		if diff := cmp.Diff(v, again); diff != "" {
			t.Fatal(diff)
		}
	}
}

// What a function gets as a secret is not stored with its code: there is nothing
// of it in a version, and another value is no other version.
func TestSecretsAreNoCode(t *testing.T) {
	code := map[string]string{
		"run*": "", "kept/pin": "1234", "token": "hunter2",
		FileName: "[secrets]\nT = { file = \"token\" }\nP = { file = \"./kept/../kept/pin\" }\n",
	}
	dir := tree(t, code)
	must(t, os.Symlink("token", filepath.Join(dir, "link")), "")
	bare, _ := define(t, api.FunctionSpec{Name: "f", Path: tree(t, map[string]string{"run*": ""})}, nil)
	v, _ := define(t, api.FunctionSpec{Name: "f", Path: dir}, nil)
	must(t, os.WriteFile(filepath.Join(dir, "token"), []byte("another"), 0o600), "")
	rotated, _ := define(t, api.FunctionSpec{Name: "f", Path: dir}, nil)
	// They are those of the version before where fn.toml says nothing of them.
	must(t, os.Remove(filepath.Join(dir, FileName)), "")
	inherited, _ := define(t, api.FunctionSpec{Name: "f", Path: dir}, &v)
	for what, got := range map[string]registry.Version{"first": v, "rotated": rotated, "inherited": inherited} {
		if got.Digest != bare.Digest {
			t.Errorf("%s: more than the code was packed", what)
		}
	}
}

func TestName(t *testing.T) {
	named := tree(t, map[string]string{"run*": "", FileName: "name = \"count\"\n"})
	if v, _ := define(t, api.FunctionSpec{Name: "other", Path: named}, nil); v.Function != "other" {
		t.Errorf("called %q", v.Function)
	}
	root := tree(t, map[string]string{"words/run*": "", "words/fn.toml": "", "no name/run*": "", "no name/fn.toml": ""})
	if v, _ := define(t, api.FunctionSpec{Path: filepath.Join(root, "words")}, nil); v.Function != "words" {
		t.Errorf("called %q", v.Function)
	}
	refused(t, api.FunctionSpec{Path: filepath.Join(root, "no name")}, nil, fault.Invalid, `"no name" cannot name a function`)
	refused(t, api.FunctionSpec{Name: "a/b", Path: named}, nil, fault.Invalid, `"a/b" cannot name a function`)
}

func TestRefusedDefinitions(t *testing.T) {
	dir := tree(t, map[string]string{"run*": "", "empty/.DS_Store": "", "odd/data": ""})
	with := func(change func(*api.FunctionSpec)) api.FunctionSpec {
		spec := api.FunctionSpec{Name: "f", Path: dir}
		change(&spec)
		return spec
	}
	for _, c := range []struct {
		spec api.FunctionSpec
		kind fault.Kind
		says []string
	}{
		{api.FunctionSpec{Name: "f"}, fault.Invalid, []string{"there is no code"}},
		{api.FunctionSpec{}, fault.Invalid, []string{"there is no code"}},
		{api.FunctionSpec{Path: dir}, fault.Invalid, []string{"there is no fn.toml in " + dir, "fn init", "fn create NAME " + dir}},
		{api.FunctionSpec{Path: filepath.Join(dir, "run")}, fault.Invalid, []string{"is no directory", "fn create NAME "}},
		{with(func(s *api.FunctionSpec) { s.Path = filepath.Join(dir, "missing") }), fault.Invalid, []string{"the code: ", "missing"}},
		{with(func(s *api.FunctionSpec) { s.Path = filepath.Join(dir, "odd") }), fault.Invalid, []string{"nothing here tells the runtime"}},
		{with(func(s *api.FunctionSpec) { s.Runtime = ptr("pyhton") }), fault.NotFound, []string{`no runtime "pyhton"`}},
		{with(func(s *api.FunctionSpec) { s.Runtime = ptr("python") }), fault.Invalid, []string{"no handler"}},
		{with(func(s *api.FunctionSpec) { s.Handler = ptr("bin/none") }), fault.Invalid, []string{"there is no such file in the code"}},
		{with(func(s *api.FunctionSpec) { s.Memory = ptr("128") }), fault.Invalid, []string{`memory "128"`}},
		{with(func(s *api.FunctionSpec) { s.Timeout = ptr("0s") }), fault.Invalid, []string{"timeout 0s: from 1ms"}},
		{with(func(s *api.FunctionSpec) { s.CPUs = ptr(0.0) }), fault.Invalid, []string{"cpus 0"}},
		{with(func(s *api.FunctionSpec) { s.Network = ptr("off") }), fault.Invalid, []string{`network "off"`}},
		{with(func(s *api.FunctionSpec) { s.Env = map[string]string{"LD_PRELOAD": "x"} }), fault.Invalid, []string{"LD_PRELOAD is refused"}},
		{with(func(s *api.FunctionSpec) { s.Env = map[string]string{"A": "x\x00y"} }), fault.Invalid, []string{"zero byte"}},
	} {
		refused(t, c.spec, nil, c.kind, c.says...)
	}
}

// A handler goes with its code: where that changed, it is kept while it still
// means something, and looked for again where it does not.
func TestInheritedHandler(t *testing.T) {
	first := func(name string) *registry.Version {
		v, _ := define(t, api.FunctionSpec{Name: "f", Path: tree(t, map[string]string{name: "def main(): pass\n"})}, nil)
		return &v
	}
	tool, app := first("tool*"), first("app.py")
	onPath, _ := define(t, api.FunctionSpec{Name: "f", Path: tree(t, map[string]string{"prog.awk": ""}), Runtime: ptr("exec"), Handler: ptr("awk -f prog.awk")}, nil)
	for _, c := range []struct {
		name          string
		previous      *registry.Version
		files         map[string]string
		runtime, want string
	}{
		{"still there", tool, map[string]string{"tool*": "new", "other*": ""}, "", "tool"},
		{"renamed", tool, map[string]string{"other*": ""}, "", "other"},
		{"now the default", tool, map[string]string{"run*": ""}, "", "run"},
		{"on PATH", &onPath, map[string]string{"a": "", "b": ""}, "", "awk -f prog.awk"},
		{"renamed, python", app, map[string]string{"main.py": "def handler(): pass\n"}, "", "main.handler"},
		{"another runtime of the language", app, map[string]string{"app.py": "", "handler.py": ""}, "science", "app.main"},
		{"another language", app, map[string]string{"run*": ""}, "exec", "run"},
		{"another language, one candidate", app, map[string]string{"go*": ""}, "exec", "go"},
	} {
		t.Run(c.name, func(t *testing.T) {
			spec := api.FunctionSpec{Name: "f", Path: tree(t, c.files)}
			if c.runtime != "" {
				spec.Runtime = &c.runtime
			}
			if v, _ := define(t, spec, c.previous); v.Handler != c.want {
				t.Errorf("handler %q", v.Handler)
			}
		})
	}
	// Without new code there is nowhere to look.
	refused(t, api.FunctionSpec{Name: "f", Runtime: ptr("exec")}, app, fault.Invalid, "no handler", "--handler NAME")
	if v, _ := define(t, api.FunctionSpec{Name: "f", Runtime: ptr("science")}, app); v.Handler != "app.main" {
		t.Errorf("handler %q", v.Handler)
	}
	if v, _ := define(t, api.FunctionSpec{Name: "f", Runtime: ptr("exec"), Handler: ptr("python3 app.py")}, app); v.Handler != "python3 app.py" {
		t.Errorf("handler %q", v.Handler)
	}
}

func TestDetailHidesSecrets(t *testing.T) {
	dir := tree(t, map[string]string{"run*": "", FileName: "[secrets]\nB = { env = \"SB\" }\nA = { file = \"a\" }\n"})
	v, _ := define(t, api.FunctionSpec{Name: "f", Path: dir}, nil)
	detail, err := Detail(v, registry.Runtime{Name: "exec", Language: "exec"})
	must(t, err, "")
	if diff := cmp.Diff([]string{"A", "B"}, detail.Secrets); diff != "" {
		t.Error(diff)
	}
	_, err = SettingsOf(registry.Version{Function: "f", Version: 3, Settings: json.RawMessage("{")})
	must(t, err, fault.Internal, "settings of f version 3")
}

func TestForComponent(t *testing.T) {
	dir := tree(t, map[string]string{"run*": "", FileName: "[on.docker]\nx = 1\n[on.aws]\ny = 2\n"})
	v, s := define(t, api.FunctionSpec{Name: "f", Path: dir, Env: map[string]string{"A": "1"}}, nil)
	f := ForComponent(v, registry.Runtime{Name: "exec", Language: "exec"}, s, "/bundle", "docker")
	if string(f.Options) != `{"x":1}` || f.Code.Path != "/bundle" || f.Code.Digest != v.Digest || f.Env["A"] != "1" || f.Timeout != 30*time.Second {
		t.Errorf("%+v", f)
	}
	if f := ForComponent(v, registry.Runtime{}, s, "", "local"); f.Options != nil {
		t.Errorf("another component's options: %s", f.Options)
	}
}
