package fault_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/fnhost/fn/sdk/fault"
)

func TestSuggest(t *testing.T) {
	for _, c := range []struct {
		word  string
		known []string
		want  string
	}{
		{"plugn", []string{"env", "plugin"}, `; did you mean "plugin"?`},
		{"Plugin", []string{"env", "plugin"}, `; did you mean "plugin"?`},
		{"memroy", []string{"memory", "name"}, `; did you mean "memory"?`},
		{"rnu", []string{"run", "rollback"}, `; did you mean "run"?`},
		{"lst", []string{"init", "list"}, `; did you mean "list"?`},
		{"nix", []string{"init", "box"}, "; known are init, box"},
		{"f", []string{"g", "fn"}, "; known are g, fn"},
		{"colour", []string{"env", "plugin"}, "; known are env, plugin"},
		{"q", []string{"aye"}, "; known are aye"},
		{"", []string{"aye"}, "; known are aye"},
		{"q", nil, ""},
	} {
		if got := fault.Suggest(c.word, c.known); got != c.want {
			t.Errorf("Suggest(%q, %q) = %q, want %q", c.word, c.known, got, c.want)
		}
	}
}

func TestEveryKindHasItsExitCode(t *testing.T) {
	want := map[fault.Kind]int{
		fault.FunctionFailed: 1, fault.Invalid: 2, fault.Unimplemented: 2, fault.NotFound: 3, fault.Unavailable: 4,
		fault.Broken: 5, fault.Conflict: 6, fault.PermissionDenied: 6, fault.ResourceExhausted: 6,
		fault.OutOfMemory: 7, fault.Internal: 70, fault.Timeout: 124, fault.Canceled: 130,
	}
	for _, kind := range fault.Kinds() {
		if got, ok := want[kind]; !ok || kind.ExitCode() != got {
			t.Errorf("%s: exit %d, want %d", kind, kind.ExitCode(), got)
		}
		delete(want, kind)
	}
	if len(want) > 0 {
		t.Errorf("Kinds leaves out %v", want)
	}
}

func TestKindSurvivesWrapping(t *testing.T) {
	cause := errors.New("no such device")
	e := fault.New(fault.Unavailable, "engine: %w", cause).In("docker", "run").WithHint("start it")
	wrapped := fmt.Errorf("while testing: %w", e)
	if fault.KindOf(wrapped) != fault.Unavailable || !errors.Is(wrapped, cause) || !errors.Is(wrapped, &fault.Error{Kind: fault.Unavailable}) {
		t.Errorf("kind %s, chain lost", fault.KindOf(wrapped))
	}
	from := fault.From(wrapped)
	if from.Hint != "start it" || from.Error() != "while testing: docker: run: engine: no such device" {
		t.Errorf("%q, hint %q", from, from.Hint)
	}
	if again := e.In("other", "stop"); again.Component != "docker" || again.Operation != "run" {
		t.Errorf("In renamed to %q", again)
	}
}

func TestKindOfOrdinaryErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		want fault.Kind
	}{
		{context.Canceled, fault.Canceled},
		{fmt.Errorf("wait: %w", context.DeadlineExceeded), fault.Timeout},
		{errors.New("anything"), fault.Internal},
	} {
		if got := fault.KindOf(c.err); got != c.want {
			t.Errorf("KindOf(%v) = %s, want %s", c.err, got, c.want)
		}
	}
	if fault.From(nil) != nil {
		t.Error("From(nil) is not nil")
	}
}
