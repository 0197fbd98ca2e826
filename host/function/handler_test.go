package function

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/bundle"
	"github.com/fnhost/fn/sdk/fault"
)

// packed is the code at path as Define sees it.
func packed(t *testing.T, path string) *code {
	t.Helper()
	summary, err := bundle.Pack(new(strings.Builder), path, bundle.Options{})
	must(t, err, "")
	return &code{root: path, files: summary.Files}
}

func TestInferRuntime(t *testing.T) {
	for _, c := range []struct {
		files []string
		want  string
	}{
		{[]string{"run*"}, "exec"},
		{[]string{"run"}, "exec"}, // that it cannot be executed is told when it is
		{[]string{"run*", "handler.py"}, "exec"},
		{[]string{"handler.py"}, "python"},
		{[]string{"anything.py", "tool*"}, "python"},
		{[]string{"index.js"}, "node"},
		{[]string{"anything.mjs", "tool*"}, "node"},
		{[]string{"package.json", "src/app.js"}, "node"},
		{[]string{"handler.py", "package.json"}, "python"}, // of a tool that deploys it
		{[]string{"lib/index.js"}, ""},
		{[]string{"tool*", "data.csv"}, "exec"},
		{[]string{"lib/handler.py", "tool*"}, "exec"},
		{[]string{"lib/handler.py"}, ""},
		{[]string{"lib/tool*"}, ""},
		{[]string{"data.csv"}, ""},
		{[]string{"work.sh", "data.csv"}, "exec"},
		{[]string{"bootstrap*", "function.sh"}, "provided"},
		{[]string{"bootstrap", "main.go"}, "provided"},
		{[]string{"main.go", "go.mod", "data.csv"}, "go"},
	} {
		files := map[string]string{}
		for _, name := range c.files {
			files[name] = ""
		}
		got, err := packed(t, tree(t, files)).inferRuntime("")
		if got != c.want {
			t.Errorf("%v: %q, %v", c.files, got, err)
		}
		if c.want == "" {
			must(t, err, fault.Invalid, "no *.go, no executable")
		}
	}
}

// A handler tells the language of its module, wherever that lies.
func TestInferRuntimeFromHandler(t *testing.T) {
	for _, c := range []struct {
		files   []string
		handler string
		want    string
	}{
		{[]string{"src/api/users.mjs"}, "src/api/users.routes.get", "node"},
		{[]string{"src/handlers/users.py"}, "src/handlers/users.get", "python"},
		{[]string{"src/handlers/users.py"}, "src.handlers.users.get", "python"},
		{[]string{"app/__init__.py"}, "app.handler", "python"},
		{[]string{"tool.py", "src/app.js"}, "src/app.handler", "node"},
		{[]string{"src/app.js", "bootstrap*"}, "src/app.handler", "provided"},
		{[]string{"src/app.js", "src/app.sh"}, "src/app.sh", "exec"},
		{[]string{"src/app.js"}, "src/other.handler", ""},
	} {
		files := map[string]string{}
		for _, name := range c.files {
			files[name] = ""
		}
		if got, err := packed(t, tree(t, files)).inferRuntime(c.handler); got != c.want {
			t.Errorf("%v, handler %s: %q, %v", c.files, c.handler, got, err)
		}
	}
}

// Where only directories have code, that they are not looked into is said, and
// the hint is of what lies there.
func TestCodeFurtherDownIsToldOf(t *testing.T) {
	for name, want := range map[string]string{
		"src/a.py": "--runtime python", "src/a.mjs": "--runtime node", "cmd/main.go": "--runtime go", "lib/tool*": "--runtime exec",
	} {
		_, err := packed(t, tree(t, map[string]string{name: "", "README": ""})).inferRuntime("")
		must(t, err, fault.Invalid, "what lies further down is not looked at", want+", or runtime = ")
	}
	_, err := packed(t, tree(t, map[string]string{"data.csv": ""})).inferRuntime("")
	must(t, err, fault.Invalid, "no executable", "--runtime exec")
	if strings.Contains(err.Error(), "further down") {
		t.Error(err)
	}
}

func TestInferHandler(t *testing.T) {
	const export = "exports.handler = async () => {}\n"
	const def, lambda = "def handler(event, context):\n  pass\n", "import os\n\nasync def lambda_handler(event, context): ...\n"
	for _, c := range []struct {
		name     string
		language string
		files    map[string]string
		want     string
		note     string
		says     string
	}{
		{"node, the default", "node", map[string]string{"index.mjs": "", "app.js": export}, "index.handler", "", ""},
		{"node, SAM's", "node", map[string]string{"app.js": "exports.lambdaHandler = async () => {}"}, "app.lambdaHandler", "handler: app.lambdaHandler, the only candidate", ""},
		{"node, a module", "node", map[string]string{"m.mjs": "export const handler = async () => {}", "n.js": "x == exports.handler"}, "m.handler", "handler: m.handler, the only candidate", ""},
		{"node, a function", "node", map[string]string{"m.mjs": "x\nexport async function handler() {}"}, "m.handler", "handler: m.handler, the only candidate", ""},
		{"node, a list", "node", map[string]string{"m.js": "const handler = 1; const b = 2\nexport { b, handler }"}, "m.handler", "handler: m.handler, the only candidate", ""},
		{"node, an object", "node", map[string]string{"m.cjs": "module.exports = { handler, b }"}, "m.handler", "handler: m.handler, the only candidate", ""},
		{"node, package.json", "node", map[string]string{"package.json": `{"main": "./src/app"}`, "src/app.js": export}, "src/app.handler", "handler: src/app.handler, the only candidate", ""},
		{"node, two files", "node", map[string]string{"a.js": export, "b.js": export}, "", "", "several candidates: a.handler, b.handler"},
		{"node, nothing", "node", map[string]string{"package.json": "{", "lib/a.js": export}, "", "", "neither index.handler nor a candidate"},
		{"exec, the default", "exec", map[string]string{"run*": "", "tool*": ""}, "run", "", ""},
		{"exec, one executable", "exec", map[string]string{"tool*": "", "data.csv": ""}, "tool", "handler: tool, the only candidate", ""},
		{"exec, one file", "exec", map[string]string{"script.sh": ""}, "script.sh", "handler: script.sh, the only candidate", ""},
		{"exec, two executables", "exec", map[string]string{"b*": "", "a*": ""}, "", "", "run is not there, and there are several candidates: a, b"},
		{"exec, none", "exec", map[string]string{"a": "", "b": ""}, "", "", "neither run nor a candidate"},
		{"exec, one below", "exec", map[string]string{"lib/tool*": "", "a": ""}, "", "", "neither run nor a candidate"},
		{"python, the default", "python", map[string]string{"handler.py": "", "lambda_function.py": lambda}, "handler.handler", "", ""},
		{"python, the default as a package", "python", map[string]string{"handler/__init__.py": "", "main.py": def}, "handler.handler", "", ""},
		{"python, Lambda's", "python", map[string]string{"lambda_function.py": lambda}, "lambda_function.lambda_handler", "handler: lambda_function.lambda_handler, the only candidate", ""},
		{"python, main", "python", map[string]string{"main.py": def, "helper.py": "def help(): pass"}, "main.handler", "handler: main.handler, the only candidate", ""},
		{"python, assigned", "python", map[string]string{"app.py": "class A: pass\nhandler = A()\n"}, "app.handler", "handler: app.handler, the only candidate", ""},
		{"python, CRLF", "python", map[string]string{"app.py": "x = 1\r\ndef main(event, context):\r\n  pass\r\n"}, "app.main", "handler: app.main, the only candidate", ""},
		{"python, two in one file", "python", map[string]string{"app.py": def + "def main(): pass\n"}, "", "", "several candidates: app.handler, app.main"},
		{"python, two files", "python", map[string]string{"a.py": def, "b.py": def}, "", "", "several candidates: a.handler, b.handler"},
		{"python, said twice", "python", map[string]string{"a.py": def + def}, "a.handler", "handler: a.handler, the only candidate", ""},
		{"python, not at the top level", "python", map[string]string{"a.py": "class A:\n  def handler(self): pass\n# def handler():\ndef handlers(): pass\n"}, "", "", "neither handler.handler nor a candidate"},
		{"python, below", "python", map[string]string{"lib/a.py": def, "b.py": ""}, "", "", "neither handler.handler nor a candidate"},
		{"another", "cobol", map[string]string{"index.js": ""}, "", "", "cobol has no default handler"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, note, err := packed(t, tree(t, c.files)).inferHandler(c.language)
			if got != c.want || note != c.note {
				t.Errorf("%q, note %q", got, note)
			}
			if c.says != "" {
				must(t, err, fault.Invalid, c.says, "--handler ")
			} else {
				must(t, err, "")
			}
		})
	}
}

// A file on its own is packed alone; its code is looked into all the same.
func TestInferFromOneFile(t *testing.T) {
	dir := tree(t, map[string]string{"app.py": "def main(event, context): pass\n", "other.py": "def handler(): pass\n"})
	c := packed(t, filepath.Join(dir, "app.py"))
	if handler, _, err := c.inferHandler("python"); handler != "app.main" {
		t.Errorf("%q, %v", handler, err)
	}
}

func TestCheckHandler(t *testing.T) {
	c := packed(t, tree(t, map[string]string{
		"run*": "", "bin/tool*": "", "handler.py": "", "pkg/__init__.py": "", "pkg/mod.py": "", "lib/deep.py": "",
		"index.mjs": "", "src/index.js": "", "src/app.js": "", "src/app.v2.cjs": "", "node_modules/pack/package.json": "",
	}))
	for _, h := range []struct {
		language, handler, says string
	}{
		{"exec", "run", ""},
		{"exec", "./run --fast", ""},
		{"exec", "bin/tool", ""},
		{"exec", "awk -f bin/tool", ""}, // on PATH
		{"exec", "", "the handler is empty"},
		{"exec", "  ", "the handler is empty"},
		{"exec", "bin/other", `"bin/other": there is no such file`},
		{"exec", "./other", `"./other": there is no such file`},
		{"exec", "/bin/sh", "name a file of the code, or a program on PATH"},
		{"exec", "../run", "name a file of the code, or a program on PATH"},
		{"exec", ".", "name a file of the code, or a program on PATH"},
		{"exec", "bin/..", "name a file of the code, or a program on PATH"},
		{"python", "handler.handler", ""},
		{"python", "pkg.handler", ""},
		{"python", "pkg.mod.handler", ""},
		{"python", "lib.deep.handler", ""}, // a namespace package
		{"python", "handler.Class.method", ""},
		{"python", "handler", "a python handler is MODULE.FUNCTION"},
		{"python", ".handler", "a python handler is MODULE.FUNCTION"},
		{"python", "handler.", "a python handler is MODULE.FUNCTION"},
		{"python", "", "a python handler is MODULE.FUNCTION"},
		{"python", "hander.handler", "there is no hander.py in the code"},
		{"python", "lib.other.handler", "there is no lib/other.py in the code"},
		{"python", "../x.handler", "it must lie in the code"},
		{"python", "/lib/deep.handler", "it must lie in the code"},
		{"python", "lib/../handler.handler", "it must lie in the code"},
		{"node", "../x.handler", "it must lie in the code"},
		{"node", "/src/app.handler", "it must lie in the code"},
		{"node", "index.handler", ""},
		{"node", "index.api.get", ""},
		{"node", "src/app.handler", ""},
		{"node", "./src/app.v2.handler", ""},
		{"node", "src.handler", ""},
		{"node", "pack.handler", ""},
		{"node", "index", "a node handler is MODULE.FUNCTION"},
		{"node", "index.", "a node handler is MODULE.FUNCTION"},
		{"node", "", "a node handler is MODULE.FUNCTION"},
		{"node", "indx.handler", "there is no indx.js in the code"},
		{"node", "src/other.handler", "there is no src/other.js in the code"},
		{"cobol", "anything", ""},
	} {
		err := c.checkHandler(h.language, h.handler)
		if h.says == "" {
			if err != nil {
				t.Errorf("%s %q: %v", h.language, h.handler, err)
			}
			continue
		}
		must(t, err, fault.Invalid, h.says)
	}
}

// No handler brings a check or a guess to panic.
func FuzzHandler(f *testing.F) {
	for _, handler := range []string{"run", "a.b.c", "/", "..", ".", "a/../b", "\x00", " x"} {
		f.Add(handler)
	}
	c := code{files: []bundle.File{{Name: "run", Mode: 0o755}, {Name: "handler.py"}, {Name: "a/b.py"}, {Name: "a/b.js"}}}
	f.Fuzz(func(t *testing.T, handler string) {
		for _, language := range []string{"exec", "python", "node"} {
			err := c.checkHandler(language, handler)
			if err != nil && fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s %q: %v", language, handler, err)
			}
			if c.holds(language, handler) && err != nil {
				t.Errorf("%s %q is there and refused: %v", language, handler, err)
			}
		}
	})
}

// Without a #! line the shell would run it, whatever it is.
func TestScriptsSayWhoRunsThem(t *testing.T) {
	for _, c := range []struct {
		name, text, hint string
	}{
		{"hp.py", "import sys\n", "--runtime python, or --handler 'python3 hp.py'"},
		{"hp.js*", "require('fs')\n", "--runtime node, or --handler 'node hp.js'"},
		{"hp.rb", "puts 1\n", "--handler 'ruby hp.rb'"},
		{"hp.pl", "print 1\n", "--handler 'perl hp.pl'"},
		{"hp.py", "#!/usr/bin/env python3\n", ""},
		{"hp.sh", "cat\n", ""},
		{"hp", "cat\n", ""},
	} {
		dir := tree(t, map[string]string{c.name: c.text})
		file := strings.TrimSuffix(c.name, "*")
		for _, spec := range []api.FunctionSpec{
			{Name: "f", Path: dir, Runtime: ptr("exec")}, // the only candidate
			{Name: "f", Path: dir, Runtime: ptr("exec"), Handler: ptr(file + " -x")},
		} {
			if c.hint != "" {
				refused(t, spec, nil, fault.Invalid, "handler "+file+": it does not begin with a line such as #!", c.hint)
			} else {
				define(t, spec, nil)
			}
		}
	}
}

// A handler that comes without code is checked like one that comes with it.
func TestHandlersAreCheckedAgainstStoredCode(t *testing.T) {
	dir := tree(t, map[string]string{"app.py": "", "run*": "#!/bin/sh\n", "sub/x.js": ""})
	python, _ := define(t, api.FunctionSpec{Name: "f", Path: dir, Runtime: ptr("python"), Handler: ptr("app.handler")}, nil)
	for _, path := range []string{"", dir} {
		refused(t, api.FunctionSpec{Name: "f", Path: path, Handler: ptr("none.handler")}, &python, fault.Invalid, "there is no none.py in the code")
		refused(t, api.FunctionSpec{Name: "f", Path: path, Runtime: ptr("exec"), Handler: ptr("app.py")}, &python, fault.Invalid, "not begin with a line such as #!/usr/bin/env python3")
		refused(t, api.FunctionSpec{Name: "f", Path: path, Runtime: ptr("exec"), Handler: ptr("sub/none")}, &python, fault.Invalid, "there is no such file")
		for runtime, handler := range map[string]string{"python": "app.other", "exec": "run", "node": "sub/x.handler"} {
			define(t, api.FunctionSpec{Name: "f", Path: path, Runtime: ptr(runtime), Handler: ptr(handler)}, &python)
		}
	}
}
