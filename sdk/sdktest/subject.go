package sdktest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/wire"
)

// Subject is the component under test, either as a value or as an executable.
type Subject struct {
	// New makes a component that is not configured. It is called several times:
	// what must outlast a process is expected to outlast a component.
	New func(t testing.TB) sdk.Component

	// Executable is the path of a plugin, started as a host starts it, with Env
	// on top of the test's own environment.
	Executable string
	Env        []string

	// Settings become the component's [NAME.config]; anything that marshals to a
	// JSON object, or nil.
	Settings any

	// Patience bounds each single step; 30 s when it is 0. A component whose
	// deploys take minutes needs more.
	Patience time.Duration

	// Skip names checks that are not run, with the reason, as in
	// {"exec/cancel": "..."}. A component with an entry here is not conformant;
	// it is for the time until it is.
	Skip map[string]string
}

// Run runs every check that the component's announcement calls for as a subtest
// of t.
func Run(t *testing.T, s Subject) {
	t.Helper()
	if (s.New == nil) == (s.Executable == "") {
		t.Fatal("sdktest.Subject needs either New or Executable")
	}
	if s.Patience == 0 {
		s.Patience = 30 * time.Second
	}
	u := &suite{subject: s, stateDir: t.TempDir(), id: randomID()}
	u.check(t, "describe", u.describe)
	u.check(t, "settings", u.settings)
	u.check(t, "once", u.configureOnce)

	u.client = u.configured(t)
	u.announce(t)
	if !u.check(t, "validate", u.validate) {
		return // the rest would only tell the same again
	}
	for _, l := range u.limits.Languages {
		t.Run(l.Name, func(t *testing.T) { u.language(t, l) })
	}
	if u.can.Pool {
		u.check(t, "pool", u.pool)
	}
}

// suite is one run of the checks.
type suite struct {
	subject  Subject
	id       string // in the names of functions, so that two runs do not meet
	stateDir string

	calls atomic.Int64

	client *instance // configured
	limits sdk.Limits
	can    wire.Abilities
}

func (u *suite) announce(t *testing.T) {
	d, can, err := u.client.Describe(t.Context())
	if err != nil {
		t.Fatalf("describe: %v", err)
	}
	u.limits, u.can = d.Limits, can
}

// check runs one check as a subtest, unless it is to be skipped, and tells
// whether it passed.
func (u *suite) check(t *testing.T, name string, do func(t *testing.T)) bool {
	t.Helper()
	return t.Run(name, func(t *testing.T) {
		if reason, ok := u.subject.Skip[path(t)]; ok {
			t.Skip(reason)
		}
		do(t)
	})
}
