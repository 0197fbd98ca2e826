package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// shape is what a row of docs/scripting.md says of a command's JSON: nil is any
// value, a list has elements of one shape.
type shape struct {
	command string
	value   any
}

// Every command that prints facts prints what docs/scripting.md says, no field
// less and none more.
func TestJSONShapes(t *testing.T) {
	bin := os.Getenv("FN_TEST_BIN")
	if !hostBuilt(bin) {
		t.Skip("FN_TEST_BIN names no directory of executables; tools/test does")
	}
	fn := shapeTester(t, bin)
	arguments := map[string]string{
		"init": "f --runtime exec", "create": "f f", "update": "f --timeout 5s", "rollback": "f", "apply": "f",
		"show": "f", "versions": "f", "deploy": "f", "run": "f", "logs": "f", "stop": "f", "remove": "f", "delete": "f",
		"components check": "local", "components show": "local", "components why": "run",
		"plugins add": "other --plugin " + filepath.Join(bin, "fn-plugin-local"), "plugins remove": "other",
		"runtime create": "r --language exec", "runtime show": "r", "runtime update": "r", "runtime delete": "r",
		"config --reset": "--yes",
	}
	var documented []string
	for _, s := range documentedShapes(t) {
		documented = append(documented, strings.TrimSuffix(s.command, " --reset"))
		got := fn(s.command + " " + arguments[s.command])
		if s.command == "run" {
			call := got.(map[string]any)
			arguments["calls show"] = call["id"].(string)
			call["result"] = call["result_base64"] // instead of it: the function writes bytes
			delete(call, "result_base64")
		}
		if why := differs(s.value, got); why != "" {
			t.Errorf("fn %s --json: %s", s.command, why)
		}
	}
	for _, command := range leaves("", newCommandLine(system{}).commands()) {
		if command != "completion" && !slices.Contains(documented, command) {
			t.Errorf("docs/scripting.md has no shape for fn %s --json", command)
		}
	}
}

// shapeTester returns what runs fn, in a home of its own, and decodes what it
// prints.
func shapeTester(t *testing.T, bin string) func(command string) any {
	dir := t.TempDir()
	run := func(command string) ([]byte, error) {
		cmd := exec.Command(filepath.Join(bin, "fn"), strings.Fields(command+" --json")...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "FN_HOME="+filepath.Join(dir, "home"), "FN_MANIFEST=", "FN_HOST=", "DOCKER_HOST=unix://"+filepath.Join(dir, "no-engine"))
		return cmd.Output()
	}
	t.Cleanup(func() { run("host stop --now") }) //nolint:errcheck // it was stopped, unless the test failed
	return func(command string) (got any) {
		out, err := run(command)
		if err == nil {
			err = json.Unmarshal(out, &got)
		}
		if err != nil {
			t.Fatalf("fn %s --json: %v\n%s", command, err, out)
		}
		return got
	}
}

// documentedShapes are the rows of the page's table, in its order.
func documentedShapes(t *testing.T) (all []shape) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "scripting.md"))
	if err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile(`("\w+")([,}])`)
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*`) \\| `(\\{.*\\})` \\|$").FindAllStringSubmatch(string(page), -1) {
		var value any
		if err := json.Unmarshal([]byte(bare.ReplaceAllString(row[2], "$1:null$2")), &value); err != nil {
			t.Fatalf("%s: %v", row[2], err)
		}
		for _, command := range strings.Split(row[1], ", ") {
			all = append(all, shape{strings.Trim(command, "`"), value})
		}
	}
	return all
}

// differs tells how got is not of a shape.
func differs(want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		keys := slices.Sorted(maps.Keys(want))
		if found := slices.Sorted(maps.Keys(got)); !ok || !slices.Equal(keys, found) {
			return fmt.Sprintf("the fields are %v, documented are %v", found, keys)
		}
		for _, key := range keys {
			if why := differs(want[key], got[key]); why != "" {
				return key + ": " + why
			}
		}
	case []any:
		got, ok := got.([]any)
		switch {
		case ok && len(want) == 0:
			return ""
		case len(got) == 0:
			return "it has no element to look at"
		}
		for _, element := range got {
			if why := differs(want[0], element); why != "" {
				return why
			}
		}
	}
	return ""
}

// leaves are the commands that do something.
func leaves(path string, commands []*cli.Command) (names []string) {
	for _, k := range commands {
		name := strings.TrimSpace(path + " " + k.Name)
		if k.Action != nil {
			names = append(names, name)
		}
		names = append(names, leaves(name, k.Subcommands)...)
	}
	return names
}
