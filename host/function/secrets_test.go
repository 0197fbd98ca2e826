package function

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/fault"
	"github.com/fnhost/fn/worker"
)

func TestResolveSecrets(t *testing.T) {
	dir := tree(t, map[string]string{
		"unix": "one\n", "windows": "two\r\n", "bare": "three", "lines": "four\n\nfive\n\n", "empty": "",
		"full": strings.Repeat("s", worker.MaxEnvBytes),
	})
	in := func(name string) SecretRef { return SecretRef{File: filepath.Join(dir, name)} }
	got, err := ResolveSecrets(map[string]SecretRef{
		"UNIX": in("unix"), "WINDOWS": in("windows"), "BARE": in("bare"), "LINES": in("lines"), "EMPTY": in("empty"),
		"FULL": in("full"), "TOKEN": {Env: "MY_TOKEN"}, "BLANK": {Env: "MY_BLANK"},
	}, []string{"MY_TOKENS=no", "MY_TOKEN=a=b", "MY_BLANK="})
	must(t, err, "")
	want := map[string]string{
		"UNIX": "one", "WINDOWS": "two", "BARE": "three", "LINES": "four\n\nfive\n", "EMPTY": "",
		"FULL": strings.Repeat("s", worker.MaxEnvBytes), "TOKEN": "a=b", "BLANK": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := ResolveSecrets(nil, nil); got != nil || err != nil {
		t.Errorf("of none: %v, %v", got, err)
	}
}

// What cannot be had is named; what could is not in the error.
func TestSecretsThatCannotBeHad(t *testing.T) {
	const hidden = "hunter2"
	dir := tree(t, map[string]string{"large": strings.Repeat(hidden, worker.MaxEnvBytes/len(hidden)+1), "good": hidden})
	large, missing := filepath.Join(dir, "large"), filepath.Join(dir, "missing")
	env := []string{"OTHER=" + hidden}
	for _, c := range []struct {
		ref  SecretRef
		kind fault.Kind
		says []string
	}{
		{SecretRef{Env: "MY_TOKEN"}, fault.Invalid, []string{"secret TOKEN: MY_TOKEN is not set in your environment", "export MY_TOKEN="}},
		{SecretRef{File: missing}, fault.Invalid, []string{"secret TOKEN: ", missing}},
		{SecretRef{File: dir}, fault.Invalid, []string{"secret TOKEN: ", dir}},
		{SecretRef{File: large}, fault.ResourceExhausted, []string{"secret TOKEN: ", large, "131072 bytes"}},
	} {
		refs := map[string]SecretRef{"TOKEN": c.ref, "GOOD": {File: filepath.Join(dir, "good")}, "SET": {Env: "OTHER"}}
		values, err := ResolveSecrets(refs, env)
		must(t, err, c.kind, c.says...)
		if values != nil {
			t.Errorf("%+v: values with an error", c.ref)
		}
		if e := fault.From(err); strings.Contains(e.Error()+e.Hint, hidden) {
			t.Errorf("%+v: the error tells a secret: %v", c.ref, err)
		}
	}
}

// What is no regular file is refused, not waited for.
func TestSecretThatIsNoFile(t *testing.T) {
	device := filepath.Join(t.TempDir(), "endless")
	must(t, os.Symlink(os.DevNull, device), "")
	_, err := ResolveSecrets(map[string]SecretRef{"TOKEN": {File: device}}, nil)
	must(t, err, fault.Invalid, "secret TOKEN: ", device, "not a regular file")
}

func TestUnreadableSecret(t *testing.T) {
	file := filepath.Join(tree(t, map[string]string{"token": "hunter2"}), "token")
	must(t, os.Chmod(file, 0), "")
	if _, err := os.ReadFile(file); err == nil {
		t.Skip("this user may read everything")
	}
	_, err := ResolveSecrets(map[string]SecretRef{"TOKEN": {File: file}}, nil)
	must(t, err, fault.Invalid, "secret TOKEN: ", file)
}
