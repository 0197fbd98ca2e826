package function

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/host/tomlfile"
	"github.com/fnhost/fn/sdk/fault"
)

func TestReadFile(t *testing.T) {
	dir := tree(t, map[string]string{FileName: `
name = "count"
runtime = "python"
handler = "main.count"
component = "docker"
memory = "512MiB"
cpus = 2
timeout = "90s"
network = "none"
[env]
MODE = "fast"
EMPTY = ""
[secrets]
TOKEN = { env = "MY_TOKEN" }
KEY = { file = "secrets/key" }
CERT = { file = "/etc/cert" }
[on.docker]
image = "python:3"
[on.aws]
[on.aws.vpc]
subnets = ["a", "b"]
`})
	got, err := readFile(dir)
	must(t, err, "")
	cpus := 2.0
	want := &file{
		there: true,
		name:  "count", runtime: "python", handler: "main.count", component: "docker", network: "none",
		memory: 512 << 20, timeout: Duration(90 * time.Second), cpus: &cpus,
		env: map[string]string{"MODE": "fast", "EMPTY": ""},
		secrets: map[string]SecretRef{
			"TOKEN": {Env: "MY_TOKEN"}, "KEY": {File: filepath.Join(dir, "secrets/key")}, "CERT": {File: "/etc/cert"},
		},
		on: map[string]json.RawMessage{"docker": json.RawMessage(`{"image":"python:3"}`), "aws": json.RawMessage(`{"vpc":{"subnets":["a","b"]}}`)},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(file{})); diff != "" {
		t.Error(diff)
	}
}

func TestReadFileThatSaysNothing(t *testing.T) {
	got, err := readFile(t.TempDir())
	if got != nil || err != nil {
		t.Errorf("no file: %v, %v", got, err)
	}
	got, err = readFile(tree(t, map[string]string{FileName: "# nothing\n"}))
	must(t, err, "")
	if diff := cmp.Diff(&file{there: true}, got, cmp.AllowUnexported(file{})); diff != "" {
		t.Error(diff)
	}
}

func TestMistakesInFile(t *testing.T) {
	for _, c := range []struct {
		text string // the mistake is in line 2
		says string
	}{
		{"memroy = \"1GiB\"", `unknown key "memroy"; did you mean "memory"?`},
		{"colour = 1", `unknown key "colour"`},
		{"[envs]\nA = \"b\"", `unknown key "envs"; did you mean "env"?`},
		{"name = \"a b\"", `"a b" cannot name a function`},
		{"name = \"\"", `"" cannot name a function`},
		{"handler = \"a\\u0000b\"", "it holds a zero byte"},
		{"env.A = \"a\\u0000b\"", "the value of A holds a zero byte"},
		{"env.HOME = \"/\"", "the environment name HOME is set by the worker"},
		{"cpus = nan", "cpus NaN: from 0.05 to 1024"},
		{"name = 3", "name must be a string, not an integer"},
		{"runtime = [\"python\"]", "runtime must be a string, not a list"},
		{"memory = \"128\"", `memory "128": write it as "128MiB" or "1GiB"`},
		{"memory = 128", "memory must be a string, not an integer"},
		{"memory = \"1KiB\"", "too little for any worker: at least 16MiB"},
		{"timeout = \"fast\"", `timeout "fast": write it as "30s" or "2m"`},
		{"timeout = \"48h\"", "from 1ms to 24h0m0s"},
		{"cpus = 0", "cpus 0: from 0.05 to 1024"},
		{"cpus = nan", "cpus NaN: from 0.05 to 1024"},
		{"cpus = -1", "from 0.05 to 1024"},
		{"cpus = \"two\"", "cpus must be a number, not a string"},
		{"network = \"off\"", `network "off": "on" or "none"`},
		{"warm = -1", "warm -1: from 0 to 100"},
		{"warm = 101", "warm 101: from 0 to 100"},
		{"warm = \"2\"", "warm must be an integer, not a string"},
		{"warm = 1.5", "warm must be an integer, not a"},
		{"warm = 1\nsecrets.T = { env = \"A\" }", "warm workers are loaded before a call"},
		{"env = \"A=b\"", "env must be a table, not a string"},
		{"env.A = 1", ": env.A must be a string, not an integer"},
		{"env.LD_PRELOAD = \"x.so\"", "LD_PRELOAD is refused: it changes which code an interpreter loads"},
		{"env.NODE_OPTIONS = \"\"", "NODE_OPTIONS is refused"},
		{"env.PYTHONPATH = \"\"", "PYTHONPATH is refused"},
		{"env.PATH = \"/bin\"", "PATH is set by the worker"},
		{"env.AWS_LAMBDA_RUNTIME_API = \"\"", "AWS_LAMBDA_RUNTIME_API is set by the worker"},
		{"env.\"A B\" = \"\"", `"A B" must be letters, digits and _`},
		{"secrets.LD_AUDIT = { env = \"X\" }", "LD_AUDIT is refused"},
		{"secrets.T = \"hunter2\"", ": secrets.T must be a table, not a string"},
		{"secrets.T = {}", `secret T: either { file = "PATH" } or { env = "NAME" }`},
		{"secrets.T = { env = \"A\", file = \"b\" }", "secret T: either"},
		{"secrets.T = { fiel = \"b\" }", `did you mean "file"?`},
		{"[on]\ndocker = 1", ": on.docker must be a table, not an integer"},
		{"on.docker = { f = inf }", "docker: "},
		{"name = ", "expected value"},
		{"name = \"a\"\nname = \"b\"", "name"},
	} {
		dir := tree(t, map[string]string{FileName: "# line 1\n" + c.text + "\n"})
		_, err := readFile(dir)
		if err == nil {
			t.Errorf("%s: no error", c.text)
			continue
		}
		line := 2
		if strings.HasPrefix(c.text, "[on]") || strings.Count(c.text, "name") == 2 {
			line = 3
		}
		must(t, err, fault.Invalid, c.says, fmt.Sprintf("%s:%d: ", filepath.Join(dir, FileName), line))
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error tells the secret: %v", c.text, err)
		}
	}
}

// Whatever the file holds, it is read or refused with a line.
func FuzzParseFile(f *testing.F) {
	f.Add("name = \"a\"\n[env]\nA = \"b\"\n")
	f.Add("memory = \"1GiB\"\ncpus = 1\n[secrets]\nT = { env = \"A\" }\n")
	f.Add("[on.x]\na.b.c = [1, {d = 2020-01-01}]\n[[on.y]]\n")
	f.Add("secrets.a.b.c = 1\nenv.\"\" = \"\"")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := tomlfile.Parse("fn.toml", []byte(text))
		var got *file
		if err == nil {
			got, err = parseFile("/dir", table)
		}
		var e *fault.Error
		switch {
		case err == nil:
			if got == nil {
				t.Fatal("neither file nor error")
			}
			for _, ref := range got.secrets {
				if (ref.File == "") == (ref.Env == "") {
					t.Errorf("a secret from %+v", ref)
				}
			}
		case !errors.As(err, &e) || e.Kind != fault.Invalid || !strings.HasPrefix(e.Error(), "fn.toml:"):
			t.Errorf("%v", err)
		}
	})
}
