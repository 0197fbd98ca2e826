package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/host/api"
)

func TestFlagsStandAnywhere(t *testing.T) {
	c := newCommandLine(system{})
	for _, test := range []struct{ line, want string }{
		{"run f e", "fn run -- f e"},
		{"run f --json e", "fn run --json -- f e"},
		{"--json run f", "fn run --json -- f"},
		{"run --on here f", "fn run --on=here -- f"},
		{"run f -on=here", "fn run --on=here -- f"},
		{"run f -", "fn run -- f -"},
		{"run f -- --json", "fn run -- f --json"},
		{"run -- -f -5", "fn run -- -f -5"},
		{"run f --on -x", "fn run --on=-x -- f"}, // a value is what follows, whatever it looks like
		{"runtime create r --language exec", "fn runtime create --language=exec -- r"},
		{"calls", "fn calls --"},
		{"calls f", "fn calls -- f"},
		{"calls show id", "fn calls show -- id"},
		{"components check a b", "fn components check -- a b"},
		{"--manifest m.toml list --no-host", "fn list --manifest=m.toml --no-host --"},
		{"--version --whatever", "fn version --"},
	} {
		p, err := parse(c.commands(), globalFlags(), strings.Fields(test.line))
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
			continue
		}
		if diff := cmp.Diff(test.want, strings.Join(p.normal(), " ")); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.line, diff)
		}
	}
}

func TestProgressIsOneLineOnATerminalOnly(t *testing.T) {
	show := func(tty bool) string {
		var out bytes.Buffer
		p := newProgress(&out, tty)
		p.Progress(api.Progress{Component: "c", Step: "pull", Done: 1 << 20, Total: 3 << 20, Unit: "bytes"})
		p.Note("first run")
		p.Progress(api.Progress{Step: "start", Done: 1, Total: 2, Unit: "workers"})
		p.clear()
		p.clear()
		return out.String()
	}
	want := clearLine + "c: pull 1 MiB of 3 MiB" + clearLine + "fn: first run\n" + clearLine + "start 1/2 workers" + clearLine
	if diff := cmp.Diff(want, show(true)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := show(false); got != "" {
		t.Errorf("not on a terminal: %q", got)
	}
}

func TestLastLines(t *testing.T) {
	for _, test := range []struct {
		n    int
		want []string
	}{{0, []string{"a", "b", "c", "d", "e"}}, {1, []string{"e"}}, {2, []string{"d", "e"}}, {9, []string{"a", "b", "c", "d", "e"}}} {
		got, err := lastLines(strings.NewReader("a\nb\nc\nd\ne\n"), test.n)
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%d: %v (-want +got)\n%s", test.n, err, diff)
		}
	}
}
