//go:build unix

package host

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// cached is components.json, by name.
func (l *lab) cached() map[string]api.CachedComponent {
	l.Helper()
	var file api.ComponentsFile
	must(l, json.Unmarshal([]byte(read(l.T, l.dirs.Components())), &file), "")
	by := map[string]api.CachedComponent{}
	for _, c := range file.Components {
		if _, ok := by[c.Name]; !ok { // the newest is first
			by[c.Name] = c
		}
	}
	return by
}

// The file says what was told, before it is told.
func TestCacheFollowsWhatIsKnown(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only", "down=no engine", "wants=HOME")
	l.manifest("[only]\n")
	l.open()
	l.function("f")
	l.failed(l.run("f", ""), fault.Unavailable)
	if c := l.cached()["only"]; c.State != api.ComponentUnavailable || c.Reason != "engine: no engine" || c.Hint == "" || len(c.Checks) != 2 {
		t.Errorf("%+v", c)
	}
	p.untell("down")
	l.ok(l.run("f", ""), "only")
	if c := l.cached()["only"]; c.State != api.ComponentReady || strings.Join(c.Provides, " ") != "deploy run stop status remove logs pool" {
		t.Errorf("%+v", c)
	}
	l.manifest("# none\n\n")
	l.components()
	if c := l.cached(); len(c) != 0 {
		t.Errorf("%+v", c)
	}
}

// Without the file everything is found out again; a host that is alive writes
// it again. Neither is an error.
func TestCacheIsRemovedOrDamaged(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("only", "wants=HOME")
	l.manifest("[only]\n")
	l.open()
	l.function("f")
	l.ok(l.run("f", ""), "only")
	for name, damage := range map[string]func() error{
		"removed":   func() error { return os.Remove(l.dirs.Components()) },
		"cut":       func() error { return os.Truncate(l.dirs.Components(), 20) },
		"emptied":   func() error { return os.WriteFile(l.dirs.Components(), nil, 0o600) },
		"other":     func() error { return os.WriteFile(l.dirs.Components(), []byte(`{"format": 99}`), 0o600) },
		"elsewhere": func() error { return os.Remove(l.dirs.Components()) },
	} {
		// While the host lives.
		validated := p.count("validate")
		must(t, damage(), "")
		l.ok(l.run("f", ""), "only")
		if state := l.components()["only"].State; state != api.ComponentReady {
			t.Errorf("%s: it is %s", name, state)
		}
		if c := l.cached()["only"]; c.State != api.ComponentReady {
			t.Errorf("%s: in the file it is %s", name, c.State)
		}
		if n := p.count("validate") - validated; n != 0 {
			t.Errorf("%s: %d validations", name, n)
		}
		// Between two hosts.
		l.close()
		must(t, damage(), "")
		l.open()
		validated = p.count("validate")
		r := l.run("f", "")
		l.ok(r, "only")
		if n := p.count("validate") - validated; n != 1 {
			t.Errorf("%s: %d validations in a new host", name, n)
		}
		if len(r.notes) == 0 || !strings.Contains(r.notes[0], "first run: checking only") {
			t.Errorf("%s: notes %q", name, r.notes)
		}
		if c := l.cached()["only"]; c.State != api.ComponentReady {
			t.Errorf("%s: after a new host it is %s", name, c.State)
		}
	}
}

// The manifest is edited by hand while the host lives: the next command goes by
// it. A mistake is named with its line; mended, everything goes on.
func TestManifestIsEdited(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("one")
	l.plugin("two")
	l.manifest("[one]\n")
	l.open()
	l.function("f")
	l.ok(l.run("f", ""), "one")

	l.manifest("[one]\nconfig = { colour = \"red\" }\n")
	l.ok(l.run("f", ""), "one")
	if n := p.count(`configure {"colour":"red"}`); n != 1 {
		t.Errorf("%v", p.calls())
	}
	l.manifest("[one]\nconfig = { color = \"red\" }\n")
	l.failed(l.run("f", ""), fault.Unavailable, `unknown setting "color"`, "colour")

	l.manifest("[two]\n[one]\n")
	l.ok(l.run("f", ""), "two")
	for text, says := range map[string]string{
		"[two]\n[one\n":                 "plugins.toml:2: ",
		"[two]\nplugn = \"x\"\n":        `plugins.toml:2: unknown key "two.plugn"; did you mean "plugin"?`,
		"[two]\n[one]\nenv = [\"*\"]\n": `plugins.toml:3: one.env: "*" would show it everything`,
	} {
		l.manifest(text)
		l.failed(l.run("f", ""), fault.Invalid, says, "edit ")
		_, err := l.host.ListComponents(context.Background(), l.caller(), api.None{}, discard{})
		must(t, err, fault.Invalid, says)
	}
	l.manifest("[two]\n[one]\n\n")
	l.ok(l.run("f", ""), "two")
}
