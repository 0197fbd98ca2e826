package manifest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/fault"
)

// must fails the test unless err has the kind and, with its hint, says the
// words; kind "" means no error.
func must(t *testing.T, err error, kind fault.Kind, words ...string) {
	t.Helper()
	if kind == "" {
		if err != nil {
			t.Fatalf("unexpected: %v", err)
		}
		return
	}
	if err == nil || fault.KindOf(err) != kind {
		t.Fatalf("got %v, want kind %s", err, kind)
	}
	text := err.Error() + "\n" + fault.From(err).Hint
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("error lacks %q:\n%s", w, text)
		}
	}
}

func writeFile(t *testing.T, name, text string, perm fs.FileMode) string {
	t.Helper()
	if filepath.Dir(name) == "." {
		name = filepath.Join(t.TempDir(), name)
	}
	must(t, os.MkdirAll(filepath.Dir(name), 0o700), "")
	must(t, os.WriteFile(name, []byte(text), perm), "")
	return name
}

func TestLoad(t *testing.T) {
	path := writeFile(t, "plugins.toml", `# mine
[work]
plugin = "fn-plugin-aws"
env    = ["AWS_*", "HOME"]
[work.config]
profile = "work"
limits = { calls = 3 }

[docker]

[none]
env = []
`, 0o600)
	m, err := Load(path)
	must(t, err, "")
	dir := filepath.Dir(path)
	want := &Manifest{Path: path, Components: []Component{
		{Name: "work", Plugin: "fn-plugin-aws", Env: []string{"AWS_*", "HOME"}, Config: json.RawMessage(`{"limits":{"calls":3},"profile":"work"}`), Line: 2, Dir: dir},
		{Name: "docker", Line: 9, Dir: dir},
		{Name: "none", Env: []string{}, Line: 11, Dir: dir},
	}}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	if c, ok := m.Lookup("docker"); !ok || c.Line != 9 {
		t.Errorf("lookup: %+v, %v", c, ok)
	}
	if _, ok := m.Lookup("nobody"); ok {
		t.Error("found a component that is not there")
	}
	_, err = Load(filepath.Join(dir, "missing"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing manifest: %v", err)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name, text string
		words      []string
	}{
		{"syntax", "[docker\n", []string{"plugins.toml:"}},
		{"not a table", "docker = true", []string{"plugins.toml:1: docker must be a table, not a boolean"}},
		{"name", "\n[Docker]\n", []string{`plugins.toml:2: "Docker" cannot name a component`}},
		{"long name", "[" + strings.Repeat("x", 33) + "]\n", []string{"plugins.toml:1: "}},
		{"key", "[docker]\nplugin = 'x'\n\nenvv = []\n", []string{`plugins.toml:4: unknown key "docker.envv"; did you mean "env"?`, "edit plugins.toml, line 4"}},
		{"plugin's type", "[docker]\nplugin = 3\n", []string{"plugins.toml:2: docker.plugin must be a string, not an integer"}},
		{"empty plugin", "[docker]\nplugin = ''\n", []string{"plugins.toml:2: docker.plugin: it is empty"}},
		{"env's type", "[docker]\nenv = 'HOME'\n", []string{"plugins.toml:2: docker.env must be a list of strings"}},
		{"env everything", "[docker]\nenv = ['*']\n", []string{"plugins.toml:2: docker.env: \"*\" would show it everything"}},
		{"env value", "[docker]\nenv = ['A=1']\n", []string{"plugins.toml:2: docker.env: \"A=1\" sets a value"}},
		{"env middle", "[docker]\nenv = ['A*B']\n", []string{"plugins.toml:2: docker.env: \"A*B\" is neither"}},
		{"config's type", "[docker]\nconfig = 3\n", []string{"plugins.toml:2: docker.config must be a table"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("plugins.toml", []byte(c.text))
			must(t, err, fault.Invalid, c.words...)
		})
	}
}

func TestSection(t *testing.T) {
	section := func(text string) string {
		m, err := Parse("/x/plugins.toml", []byte(text))
		must(t, err, "")
		return string(m.Components[0].Section())
	}
	base := section("[a]\nenv = ['X']\n[a.config]\nk = 1\nl = 2\n")
	if same := section("# moved\n\n[a]\nconfig = { l = 2, k = 1 }\nenv = ['X'] # said\n"); same != base {
		t.Errorf("the same meaning differs:\n%s\n%s", base, same)
	}
	for _, other := range []string{"[a]\n", "[a]\nenv = []\n", "[a]\nenv = ['X']\nplugin = 'p'\n[a.config]\nk = 1\nl = 2\n", "[a]\nenv = ['X']\n[a.config]\nk = 2\nl = 2\n"} {
		if section(other) == base {
			t.Errorf("%q means the same", other)
		}
	}
	if section("[a]\n") == section("[a]\nenv = []\n") {
		t.Error("the plugin's default and nothing mean the same")
	}
}

func TestFilterEnv(t *testing.T) {
	env := []string{"HOME=/a", "DOCKER_HOST=x", "DOCKER=y", "HOME=/b", "AWS_X=1", "nonsense", "=C:=C:\\", "EMPTY="}
	for _, c := range []struct {
		patterns []string
		want     []string
	}{
		{nil, []string{}},
		{[]string{"HOME"}, []string{"HOME=/b"}},
		{[]string{"DOCKER_*", "HOME", "HOME"}, []string{"DOCKER_HOST=x", "HOME=/b"}},
		{[]string{"DOCKER*"}, []string{"DOCKER=y", "DOCKER_HOST=x"}},
		{[]string{"EMPTY", "*", ""}, []string{"EMPTY="}},
		{[]string{"HOM"}, []string{}},
	} {
		if diff := cmp.Diff(c.want, FilterEnv(c.patterns, env)); diff != "" {
			t.Errorf("%q: %s", c.patterns, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"[a]\n", "[a]\nplugin = 'x'\n[a.config]\nk = [1, {x = 2}]\n", "a.b = 1", "[a]\nenv = ['X_*']", "[[a]]", "x = \"\"\"\n[a]\n\"\"\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Parse("plugins.toml", text)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(err.Error(), "plugins.toml:") {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		for _, c := range m.Components {
			if !json.Valid(c.Section()) || c.Line < 1 {
				t.Errorf("%q: %+v", text, c)
			}
		}
	})
}
