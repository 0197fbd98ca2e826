package function

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fnhost/fn/host/registry"
	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

func TestSpecialise(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	lines := write("requirements.txt", "six\n")
	described := write("package.json", `{"name":"x","dependencies":{"a":"2","b":"1"}}`)
	python := registry.Runtime{Name: "base", Language: "python", Requirements: "numpy", Preload: []string{"json"}}
	node := registry.Runtime{Name: "base", Language: "node", Requirements: `{"dependencies":{"a":"1","c":"1"}}`}
	for _, c := range []struct {
		name     string
		language string
		base     registry.Runtime
		path     string
		preload  []string
		want     string // requirements
		loads    []string
		fails    string
	}{
		{"nothing", "exec", registry.Runtime{}, "", nil, "", nil, ""},
		{"plain", "python", registry.Runtime{}, lines, []string{"six", "xml.dom"}, "six\n", []string{"six", "xml.dom"}, ""},
		{"added", "python", python, lines, []string{"six", "json"}, "numpy\nsix\n", []string{"json", "six"}, ""},
		{"inherited", "python", python, "", nil, "numpy", []string{"json"}, ""},
		{"merged", "node", node, described, []string{"@aws-sdk/client-s3", "node:fs"}, "{\n  \"dependencies\": {\n    \"a\": \"2\",\n    \"b\": \"1\",\n    \"c\": \"1\"\n  }\n}\n", []string{"@aws-sdk/client-s3", "node:fs"}, ""},
		{"exec", "exec", registry.Runtime{}, lines, nil, "", nil, "exec has no modules to install or preload"},
		{"no name", "python", registry.Runtime{}, "", []string{"os; import sys"}, "", nil, `"os; import sys" cannot be the name of a python module`},
		{"empty name", "python", registry.Runtime{}, "", []string{""}, "", nil, `"" cannot be the name of a python module`},
		{"an option", "node", registry.Runtime{}, "", []string{"../x"}, "", nil, `"../x" cannot be`},
		{"missing", "python", registry.Runtime{}, filepath.Join(dir, "nowhere"), nil, "", nil, "the requirements: open "},
		{"endless", "python", registry.Runtime{}, "/dev/zero", nil, "", nil, "not a regular file"},
		{"large", "python", registry.Runtime{}, write("large", strings.Repeat("#", maxRequirements+1)), nil, "", nil, "too large"},
		{"bytes", "python", registry.Runtime{}, write("bytes", "\xff\xfe"), nil, "", nil, "is not UTF-8"},
		{"no package.json", "node", registry.Runtime{}, lines, nil, "", nil, "it is no JSON: the mistake is in line 1"},
		{"beside it", "python", registry.Runtime{}, write("refers", "six\n-r other.txt\n"), nil, "", nil, `the line "-r other.txt" names a file beside it`},
		{"wheels beside it", "python", registry.Runtime{}, write("links", "--find-links wheels\nsix\n"), nil, "", nil, `names a file beside it`},
		{"elsewhere", "python", registry.Runtime{}, write("absolute", "--find-links /opt/wheels\n--index-url https://example.org/simple\nsix\n"), nil, "--find-links /opt/wheels\n--index-url https://example.org/simple\nsix\n", nil, ""},
		{"link beside it", "node", registry.Runtime{}, write("file.json", `{"dependencies":{"lib":"file:../lib"}}`), nil, "", nil, `the dependency lib is file:../lib, a file beside it`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := registry.Runtime{Name: "r", Language: c.language}
			err := Specialise(&r, c.base, c.path, c.preload)
			if c.fails != "" {
				if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("%v, want %q", err, c.fails)
				}
				return
			}
			if err != nil || r.Requirements != c.want || !slices.Equal(r.Preload, c.loads) {
				t.Errorf("%q, %q, %v", r.Requirements, r.Preload, err)
			}
		})
	}
}

func TestNoPackageJSON(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "it is empty; the least it can be is {}",
		"\ufeff \n":                      "it is empty; the least it can be is {}",
		"{\n \"a\": 1,\n}\n":             "it is no JSON: the mistake is in line 3",
		"{\n":                            "it is no JSON: the mistake is in line 1",
		"null":                           "it must be an object",
		"[]":                             "it must be an object",
		"1":                              "it must be an object",
		`{"dependencies":[1]}`:           "dependencies must be an object of names and versions",
		`{"optionalDependencies":"a"}`:   "optionalDependencies must be an object of names and versions",
		`{"dependencies":{"a":1}}`:       `dependencies: the version of "a" must be a string`,
		`{"dependencies":{"a":null}}`:    `dependencies: the version of "a" must be a string`,
		`{"dependencies":{},"name":"x"}`: "",
		`{"dependencies":null}`:          "",
		"\ufeff{}":                       "",
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		packed := code{root: dir, files: []bundle.File{{Name: "package.json"}}}
		err := packed.checkDependencies("node")
		if want == "" && err == nil {
			continue
		}
		if fault.KindOf(err) != fault.Invalid || err.Error() != "package.json: "+want {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// A package.json that is null is one on which node fails without naming it.
func TestAPackageJSONFurtherDown(t *testing.T) {
	for text, want := range map[string]string{"null\n": "lib/package.json: it must be an object", "1": "", "{": "", "": ""} {
		packed := packed(t, tree(t, map[string]string{"index.js": "", "lib/package.json": text, "node_modules/a/package.json": "null"}))
		err := packed.checkDependencies("node")
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestDependenciesOutsideTheCode(t *testing.T) {
	for _, c := range []struct {
		name, dependencies, also string
		fails                    bool
	}{
		{"beside", `"lib":"file:../lib"`, "", true},
		{"a bare path", `"lib":"../lib"`, "", true},
		{"around", `"lib":"file:a/../../lib"`, "", true},
		{"absolute", `"lib":"file:/opt/lib.tgz"`, "", true},
		{"a url", `"lib":"file:///opt/lib.tgz"`, "", true},
		{"home", `"lib":"~/lib"`, "", true},
		{"a link", `"lib":"link:../lib"`, "", true},
		{"within", `"lib":"file:./lib", "more":"file:lib-1.0.0.tgz"`, "", false},
		{"a name that begins with dots", `"lib":"file:..lib"`, "", false},
		{"a registry", `"lib":"^1.0.0"`, "", false},
		{"a repository", `"lib":"git+https://example.org/lib.git"`, "", false},
		{"it came along", `"lib":"file:../lib"`, "node_modules/lib/package.json", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			files := []string{"package.json"}
			if c.also != "" {
				files = append(files, c.also)
			}
			if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"dependencies":{`+c.dependencies+`}}`), 0o600); err != nil {
				t.Fatal(err)
			}
			packed := code{root: dir}
			for _, name := range files {
				packed.files = append(packed.files, bundle.File{Name: name})
			}
			err := packed.checkDependencies("node")
			if c.fails != (err != nil) || c.fails && !strings.Contains(err.Error(), "the dependency lib of package.json is") {
				t.Error(err)
			}
			if err := packed.checkDependencies("python"); err != nil {
				t.Error(err)
			}
		})
	}
}
