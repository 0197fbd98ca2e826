package main

import (
	"strings"
	"testing"
)

func TestEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"plain\ttext\nGrüße 界": "plain\ttext\nGrüße 界",
		"a\x1b[2Jb\rc\x00\x7f": `a\u001b[2Jb\u000dc\u0000\u007f`,
		"\u009b31m":            `\u009b31m`,
		"\x9b31m":              `\x9b31m`,
		"\u202eevil\u2069":     `\u202eevil\u2069`,
		"\ufffd":               "\ufffd",
	} {
		if got := escaped(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Off a terminal a wait is told too, and alone: progress is for people.
func TestWaitsAreTold(t *testing.T) {
	for _, test := range []struct {
		json bool
		want string
	}{{false, "fn: waiting\n"}, {true, ""}} {
		var stderr strings.Builder
		c := newCommandLine(system{stderr: &stderr})
		c.json = test.json
		c.noteWait("waiting")
		c.progress.Note("first run")
		if stderr.String() != test.want {
			t.Errorf("json %v: %q", test.json, stderr.String())
		}
	}
}
