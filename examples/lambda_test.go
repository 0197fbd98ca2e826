//go:build unix

package examples_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// What is built with the official library for Go works as on AWS Lambda: the
// code in testdata/lambda knows nothing of fn.
func TestOfficialLibraryForGo(t *testing.T) {
	needsModules(t, "testdata/lambda")
	u := newUser(t)
	u.must(t, "", "create", "f", "testdata/lambda", "--runtime", "go", "--memory", "96MiB", "--timeout", "20s")

	t.Run("context", func(t *testing.T) {
		var got struct {
			ID, Arn, Function, Version, Group, Stream, Client, Identity, Trace string
			Left                                                               float64
			Memory                                                             int
		}
		stdout := u.must(t, "", "run", "f", "{}", "--timeout", "10s")
		if err := json.Unmarshal([]byte(stdout), &got); err != nil {
			t.Fatal(err)
		}
		if got.Function != "f" || got.Version != "1" || got.Memory != 96 || got.Group != "/fn/f" || got.Stream == "" ||
			got.Client != "" || got.Identity != "" || !strings.HasSuffix(got.Arn, ":function:f:1") ||
			!strings.HasPrefix(got.Trace, "Root=1-") || got.Left < 1 || got.Left > 10 {
			t.Errorf("%s", stdout)
		}
		if calls := u.must(t, "", "calls", "--json", "--last", "1"); !strings.Contains(calls, `"`+got.ID+`"`) {
			t.Errorf("id %s is not that of %s", got.ID, calls)
		}
	})

	for _, c := range []struct {
		name, event string
		code        int
		says        []string // patterns of what is said
	}{
		{"returned error", `{"do": "error"}`, 1, []string{`(?m)^fn: local: run: OwnError: on purpose$`}},
		{"panic", `{"do": "panic"}`, 1, []string{
			`(?m)^fn: local: run: plainError: assignment to entry in nil map$|^fn: local: run: .*assignment to entry in nil map$`,
			`(?m)^    lambda/main.go:\d+ fall$`,
		}},
		{"log.Fatal", `{"do": "fatal"}`, 1, []string{`giving up\n`, `(?m)^fn: local: run: exit status 1$`}},
		{"os.Exit", `{"do": "exit"}`, 1, []string{`(?m)^fn: local: run: exit status 9$`}},
		{"no JSON", `{`, 1, []string{`unexpected EOF`}},
		{"timeout", `{"do": "wait"}`, 124, []string{`the function took longer than 2s`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			stdout, stderr, code := u.fn(t, "", "run", "f", c.event, "--timeout", "2s")
			if code != c.code || stdout != "" {
				t.Errorf("exit code %d, result %q", code, stdout)
			}
			for _, pattern := range c.says {
				if !regexp.MustCompile(pattern).MatchString(stderr) {
					t.Errorf("this does not say %s:\n%s", pattern, stderr)
				}
			}
		})
	}

	t.Run("template", func(t *testing.T) {
		dir := t.TempDir() + "/greeting"
		u.must(t, "", "init", dir, "--runtime", "go")
		u.must(t, "", "apply", dir)
		if got := u.must(t, "", "run", "greeting", "@"+dir+"/event.json"); got != `{"message":"Hello, Ada!"}` {
			t.Errorf("%s", got)
		}
		if got := u.must(t, "", "run", "greeting"); got != `{"message":"Hello, world!"}` {
			t.Errorf("without an event: %s", got)
		}
	})

	use := func(handler string) { u.must(t, "", "update", "f", "--handler", handler) }
	t.Run("not re-encoded", func(t *testing.T) {
		use("echo")
		const event = `{ "n": 12345678901234567890, "f": 2.50 }`
		if got := u.must(t, "", "run", "f", event); got != event {
			t.Errorf("%s", got)
		}
	})
	t.Run("streamed", func(t *testing.T) {
		use("stream")
		if got := u.must(t, "", "run", "f"); got != strings.Repeat("streamed ", 50_000) {
			t.Errorf("%d bytes", len(got))
		}
		use("broken-stream")
		stdout, stderr, code := u.fn(t, "", "run", "f")
		if code != 1 || stdout != "half" || !strings.Contains(stderr, "OwnError: the other half is missing") {
			t.Errorf("exit code %d, %q, %s", code, stdout, stderr)
		}
	})
	t.Run("function URL", func(t *testing.T) {
		use("url")
		got := u.must(t, "", "run", "f", `{"body": "this"}`)
		head, body, ok := strings.Cut(got, strings.Repeat("\x00", 8))
		if !ok || body != "you sent this" || !strings.Contains(head, `"statusCode":201`) {
			t.Errorf("%q", got)
		}
	})
}
