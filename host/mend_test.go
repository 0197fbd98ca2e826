//go:build unix

package host

import (
	"context"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/function"
	"github.com/fnhost/fn/sdk/fault"
)

// What a component refuses without a hint gets the one that mends the very call
// that was made.
func TestHintsOfTheHost(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	cloud := l.plugin("cloud", "cloud")
	l.manifest("[cloud]\n")
	l.open()
	l.functionWith("f", "timeout = \"5s\"\n")
	l.functionWith("slow", "timeout = \"24h\"\n")
	l.deploy("f", "cloud")
	l.deploy("slow", "cloud")
	l.update("f")
	for _, c := range []struct {
		name    string
		timeout time.Duration
		fails   fault.Kind
		hint    string
	}{
		{"f", 0, fault.NotFound, "fn deploy f --on cloud"}, // not in this version
		{"f", 0, fault.Conflict, "fn deploy f --on cloud"}, // it was stopped from elsewhere
		{"f", 0, fault.Timeout, "fn update f --timeout 10s"},
		{"f", 500 * time.Millisecond, fault.Timeout, "fn run f --timeout 1s"},
		{"f", function.LongestTimeout, fault.Timeout, ""},
		{"slow", 0, fault.Timeout, ""},
		{"f", 0, fault.FunctionFailed, ""},
	} {
		cloud.tell("fails", string(c.fails))
		req := api.RunRequest{Name: c.name, On: "cloud", TimeoutMS: c.timeout.Milliseconds()}
		r := l.runWith(context.Background(), req, "")
		l.failed(r, c.fails, "cloud: run: no luck")
		if r.Error.Hint != c.hint {
			t.Errorf("%s of %s: hint %q, want %q", c.fails, c.name, r.Error.Hint, c.hint)
		}
	}
}

// A call is given no longer than a function could be.
func TestTimeoutOfACall(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("here")
	l.manifest("[here]\n")
	l.open()
	l.function("f")
	for ms, fits := range map[int64]bool{
		1: true, function.LongestTimeout.Milliseconds(): true,
		-1: false, function.LongestTimeout.Milliseconds() + 1: false, (100_000 * time.Hour).Milliseconds(): false,
	} {
		before := p.count("run")
		r := l.runWith(context.Background(), api.RunRequest{Name: "f", TimeoutMS: ms}, "")
		if fits {
			l.ok(r, "here")
			continue
		}
		l.failed(r, fault.Invalid, "from 1ms to 24h0m0s")
		if p.count("run") != before {
			t.Errorf("%d ms: the component was called", ms)
		}
	}
}
