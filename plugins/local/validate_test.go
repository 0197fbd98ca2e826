package local

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/worker/template"
)

func named(t *testing.T, v sdk.Validation, name string) sdk.Check {
	t.Helper()
	for _, c := range v.Checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no check %q in %+v", name, v.Checks)
	return sdk.Check{}
}

func validate(t *testing.T, p *place) sdk.Validation {
	t.Helper()
	v, err := p.Validate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := p.processes(); n != 0 || len(p.scratch()) != 0 {
		t.Errorf("%d processes and %q are left", n, p.scratch())
	}
	return v
}

func TestValidateMakesCalls(t *testing.T) {
	p := newPlace(t, "", nil)
	v := validate(t, p)
	for _, c := range v.Checks {
		if c.State == sdk.CheckFailed || c.Message == "" {
			t.Errorf("%+v", c)
		}
		if forks := runtime.GOOS == "linux" && template.Possible(p.sandbox().Spec); c.Name == "forks" && forks != (c.State == sdk.CheckOK) {
			t.Errorf("%s: %s (%s)", c.Name, c.Message, c.State)
		}
		t.Logf("%s: %s (%s)", c.Name, c.Message, c.State)
	}
}

func TestValidateSaysWhyNothingIsForked(t *testing.T) {
	p := newPlace(t, `{"sandbox": "off"}`, nil)
	needsPython(t, p)
	c := named(t, validate(t, p), "forks")
	if c.State != sdk.CheckSkipped || !strings.Contains(c.Message, "an interpreter of its own") {
		t.Errorf("%+v", c)
	}
	if runtime.GOOS == "linux" && !strings.Contains(c.Message, `sandbox = "off"`) {
		t.Errorf("%+v", c)
	}
}

func TestValidateNamesWhatIsMissing(t *testing.T) {
	p := newPlace(t, "", func(c *Component) { c.Program = filepath.Join(t.TempDir(), "fn-worker") })
	v := validate(t, p)
	if c := named(t, v, "workers"); c.State != sdk.CheckFailed || !strings.Contains(c.Message, "missing") || c.Hint == "" || v.Ready() {
		t.Errorf("%+v", c)
	}

	p = newPlace(t, "", func(c *Component) { c.Program = "/bin/false" })
	if c := named(t, validate(t, p), "workers"); c.State != sdk.CheckFailed || !strings.Contains(c.Message, "does not work") {
		t.Errorf("%+v", c)
	}

	empty := t.TempDir()
	p = newPlace(t, "", func(c *Component) {
		c.Getenv = func(name string) string {
			if name == "PATH" {
				return empty
			}
			return os.Getenv(name)
		}
	})
	if c := named(t, validate(t, p), "python3"); c.State != sdk.CheckSkipped || c.Hint == "" || c.Minimum != "3.8" {
		t.Errorf("%+v", c)
	}
	if c := named(t, validate(t, p), "forks"); c.State != sdk.CheckSkipped || !strings.Contains(c.Message, "no python") {
		t.Errorf("%+v", c)
	}
	if c := named(t, validate(t, p), "node"); c.State != sdk.CheckSkipped || !strings.Contains(c.Hint, "Node.js 18") || c.Minimum != "18" {
		t.Errorf("%+v", c)
	}
	for language, message := range map[string]string{languagePython: "no python3 in PATH", languageNode: "no node in PATH"} {
		_, err := p.Deploy(t.Context(), p.function("f", language, echo), func(string, int64, int64, string) {})
		fails(t, err, sdk.Unavailable, message)
	}
}
