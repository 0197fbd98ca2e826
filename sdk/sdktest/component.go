package sdktest

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/fnhost/fn/sdk"
)

func (u *suite) describe(t *testing.T) {
	client := u.start(t)
	ctx, cancel := u.patient(t)
	defer cancel()
	first, can, err := client.Describe(ctx)
	must(t, "Describe needs no configuration", err)
	again, canAgain, err := client.Describe(ctx)
	must(t, "Describe is pure", err)
	if !cmp.Equal(first, again) || can != canAgain {
		breach(t, "Describe is pure", "asked twice it answers differently:\n%s", cmp.Diff(first, again))
	}
	if !regexp.MustCompile(`^[a-z][a-z0-9-]*$`).MatchString(first.Name) {
		breach(t, "Description.Name is that of fn-plugin-NAME", "it is %q, not lower-case letters, digits and hyphens", first.Name)
	}
	if first.Version == "" || first.Summary == "" || strings.Contains(first.Summary, "\n") {
		breach(t, "Description has a version and a summary of one line", "they are %q and %q", first.Version, first.Summary)
	}
	for _, pattern := range first.Env {
		if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*\*?$`).MatchString(pattern) {
			breach(t, "Description.Env holds NAME or PREFIX*", "it holds %q", pattern)
		}
	}
	u.limitsMakeSense(t, first.Limits)
}

func (u *suite) limitsMakeSense(t *testing.T, l sdk.Limits) {
	if len(l.Languages) == 0 {
		breach(t, "Limits.Languages are those that the component runs", "there is none")
	}
	seen := map[string]bool{}
	for _, language := range l.Languages {
		if language.Name == "" || seen[language.Name] {
			breach(t, "each language is announced once, by name", "%q is empty or announced twice", language.Name)
		}
		seen[language.Name] = true
		if language.MaxEvent < 0 || language.MaxResult < 0 {
			breach(t, "limits are bytes, 0 means none", "%s has a negative one", language.Name)
		}
	}
	if l.Logs != sdk.LogsNone && l.Logs != sdk.LogsTail && l.Logs != sdk.LogsLive {
		breach(t, "Limits.Logs is one of none, tail and live", "it is %q", l.Logs)
	}
	if l.MaxBundle < 0 {
		breach(t, "limits are bytes, 0 means none", "MaxBundle is negative")
	}
}

func (u *suite) settings(t *testing.T) {
	const unknown = "no_such_setting"
	var settings map[string]any
	if err := json.Unmarshal(u.rawSettings(t), &settings); err != nil {
		t.Fatalf("Subject.Settings is not a JSON object: %v", err)
	}
	settings[unknown] = true
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := u.patient(t)
	defer cancel()
	const sentence = "Configure refuses a setting that it does not know (Config.Decode does)"
	err = u.start(t).Configure(ctx, u.config(t, raw))
	wants(t, sentence, err, sdk.Invalid)
	if err != nil && !strings.Contains(err.Error(), unknown) {
		breach(t, sentence+" and names it", "the error does not: %v", err)
	}
}

func (u *suite) configureOnce(t *testing.T) {
	client := u.configured(t)
	ctx, cancel := u.patient(t)
	defer cancel()
	wants(t, "Configure comes once", client.Configure(ctx, u.config(t, u.rawSettings(t))), sdk.Conflict)
}

func (u *suite) validate(t *testing.T) {
	ctx, cancel := u.patient(t)
	defer cancel()
	known, err := u.client.Status(ctx)
	must(t, "Status without names tells all of ours that the component knows", err)
	first, err := u.client.Validate(ctx) // may prepare what it keeps
	must(t, "an error of Validate means that the checking itself failed", err)
	before := listing(t, u.stateDir)
	second, err := u.client.Validate(ctx)
	must(t, "an error of Validate means that the checking itself failed", err)
	if diff := cmp.Diff(before, listing(t, u.stateDir)); diff != "" {
		breach(t, "Validate changes nothing; what it makes to find out it removes", "the state directory differs:\n%s", diff)
	}
	if diff := cmp.Diff(first.Checks, second.Checks, cmpopts.IgnoreFields(sdk.Check{}, "Message")); diff != "" {
		breach(t, "Validate changes nothing", "asked twice it finds:\n%s", diff)
	}
	if states, err := u.client.Status(ctx); err != nil || len(states) != len(known) {
		breach(t, "Validate changes nothing", "Status now tells %v, %v", states, err)
	}
	if len(second.Checks) == 0 {
		breach(t, "Validate is a list of named checks", "there is none")
	}
	for _, c := range second.Checks {
		if c.Name == "" || c.State != sdk.CheckOK && c.State != sdk.CheckFailed && c.State != sdk.CheckSkipped {
			breach(t, "a check has a name and is ok, failed or skipped", "one is %+v", c)
		}
		if c.State == sdk.CheckFailed && (c.Message == "" || c.Hint == "") {
			breach(t, "a failed check says what is wrong and what mends it", "%s says %q and %q", c.Name, c.Message, c.Hint)
		}
		if c.State == sdk.CheckFailed {
			t.Errorf("the component is not ready here: %s: %s\n  hint: %s", c.Name, c.Message, c.Hint)
		}
	}
	if second.ValidFor < 0 {
		breach(t, "Validation.ValidFor is a duration, 0 the host's default", "it is %v", second.ValidFor)
	}
}

// listing is what lies below dir: names with sizes and modes.
func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content := info.Mode().String()
		if info.Mode().IsRegular() {
			bytes, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			content += " " + string(bytes)
		}
		found[name] = content
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (u *suite) pool(t *testing.T) {
	ctx, cancel := u.patient(t)
	defer cancel()
	entries, err := u.client.Pool(ctx)
	must(t, "Pool tells which workers wait", err)
	for _, e := range entries {
		if e.Runtime == "" || e.Why == "" {
			breach(t, "a pool entry names its runtime and says why that many", "one is %+v", e)
		}
		if e.Warm < 0 || e.Starting < 0 || e.Running < 0 || e.Want < 0 || e.HitRate > 1 || e.HitRate < 0 && e.HitRate != -1 {
			breach(t, "a pool entry counts; its hit rate is 0 to 1, or -1", "one is %+v", e)
		}
	}
}
