package sdktest

import (
	"embed"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/bundle"
)

// Every language has the same three functions: "act" does what the event says
// with a verb and an argument, "echo" answers the event, "count" its length.
//
//go:embed functions
var functions embed.FS

// dialect is how one language spells them.
type dialect struct {
	handlers map[string]string // act, echo, count and one that is missing
	memory   int64             // bytes, enough for act
	json     bool              // event and result are JSON, so text is quoted
	compiled bool              // the functions are source, of Go
}

func dialectOf(language string) (dialect, bool) {
	switch language {
	case "exec":
		return dialect{memory: 128 << 20, handlers: map[string]string{
			"act": "run", "echo": "echo", "count": "count", "missing": "nothing",
		}}, true
	case "python":
		return dialect{memory: 256 << 20, json: true, handlers: map[string]string{
			"act": "handler.handler", "echo": "handler.echo", "count": "handler.count", "missing": "handler.nothing",
		}}, true
	case "node":
		return dialect{memory: 256 << 20, json: true, handlers: map[string]string{
			"act": "index.handler", "echo": "index.echo", "count": "index.count", "missing": "index.nothing",
		}}, true
	case "provided":
		return dialect{memory: 256 << 20, json: true, compiled: true, handlers: map[string]string{
			"act": "act", "echo": "echo", "count": "count", "missing": "nothing",
		}}, true
	}
	return dialect{}, false
}

// do is the event that makes act do verb.
func (d dialect) do(verb, arg string) []byte {
	if !d.json {
		return []byte(verb + " " + arg + "\n")
	}
	event, _ := json.Marshal(map[string]string{"verb": verb, "arg": arg})
	return event
}

// text is s as an event of echo or count, or as a result.
func (d dialect) text(s string) []byte {
	if !d.json {
		return []byte(s)
	}
	quoted, _ := json.Marshal(s)
	return quoted
}

// read is the text of a result; what cannot be one is returned as it is.
func (d dialect) read(result []byte) string {
	var s string
	if d.json && json.Unmarshal(result, &s) == nil {
		return s
	}
	return string(result)
}

// pack makes the bundle of one version of the functions. What version writes is
// the answer to the verb of that name.
func pack(t *testing.T, language string, version int) sdk.Bundle {
	t.Helper()
	dir := t.TempDir()
	entries, err := functions.ReadDir("functions/" + language)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		content, err := functions.ReadFile("functions/" + language + "/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, entry.Name()), content, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "version"), []byte(strconv.Itoa(version)), 0o644); err != nil {
		t.Fatal(err)
	}
	if d, _ := dialectOf(language); d.compiled {
		compile(t, dir)
	}
	return packDir(t, dir)
}

func packDir(t *testing.T, dir string) sdk.Bundle {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "code.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	summary, err := bundle.Pack(file, dir, bundle.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return sdk.Bundle{Path: file.Name(), Digest: summary.Digest, Size: summary.Size}
}
