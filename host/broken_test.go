//go:build unix

package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/sdk/fault"
)

// brokenLab has a component broken in each way, and good ones among them.
func brokenLab(t *testing.T) *lab {
	l := newLab(t)
	at := func(name string) string { return filepath.Join(l.bin, "fn-plugin-"+name) }
	l.plugin("noexec")
	must(t, os.Chmod(at("noexec"), 0o644), "")
	l.plugin("changed")
	l.script(at("protocol"), "echo '1|99|unix|/nowhere|grpc'; exec sleep 1000\n")
	l.plugin("prints").write("echo hello")
	l.script(at("hangs"), "exec sleep 1000\n")
	l.script(at("exits"), "echo out of paper >&2; exit 3\n")
	must(t, os.WriteFile(at("foreign"), []byte("\x7fELF and more"), 0o755), "")
	l.plugin("panics", "panics")
	l.plugin("settings")
	l.plugin("down", "down=no engine")
	l.plugin("good", "wants=HOME")
	l.plugin("dies", "dies")
	l.manifest(`
[missing]
plugin = "./nowhere"
[noexec]
[changed]
[protocol]
[prints]
[hangs]
[exits]
[foreign]
[panics]
[settings]
config = { color = "red" }
[down]
[good]
[dies]
`)
	must(t, os.WriteFile(l.dirs.Lock(), []byte("[changed]\n\"linux/amd64\" = \"sha256:"+strings.Repeat("0", 64)+"\"\n\"linux/arm64\" = \"sha256:"+strings.Repeat("0", 64)+"\"\n\"darwin/arm64\" = \"sha256:"+strings.Repeat("0", 64)+"\"\n\"darwin/amd64\" = \"sha256:"+strings.Repeat("0", 64)+"\"\n"), 0o600), "")
	return l.open()
}

func TestBrokenComponentsHarmNoOther(t *testing.T) {
	t.Parallel()
	l := brokenLab(t)
	l.function("f")

	// The first call, before anything is known: it waits for nobody but its own
	// component, though another hangs for ten seconds.
	begin := time.Now()
	l.ok(l.run("f", "good"), "good")
	if took := time.Since(begin); took > 8*time.Second {
		t.Errorf("the first call on a good component took %s", took)
	}

	states := l.components()
	for name, want := range map[string]struct {
		state  string
		reason string
		hint   string
	}{
		"missing":  {api.ComponentBroken, "nowhere does not exist", "fn plugins remove missing"},
		"noexec":   {api.ComponentBroken, "fn-plugin-noexec is not executable", "chmod +x "},
		"changed":  {api.ComponentBroken, "has changed: its sha256 is ", "fn plugins lock"},
		"protocol": {api.ComponentBroken, "speaks version 99 of the plugin protocol, this fn speaks 1", "fn plugins lock"},
		"prints":   {api.ComponentBroken, `printed "hello" on its standard output`, "print on standard error"},
		"hangs":    {api.ComponentBroken, "the plugin gave no handshake within 10s", "describe --json"},
		"exits":    {api.ComponentBroken, "exit status 3", "describe --json"},
		"foreign":  {api.ComponentBroken, "is no program for", "fn plugins remove foreign"},
		"panics":   {api.ComponentBroken, "panic: no luck today", "fn host logs"},
		"settings": {api.ComponentUnavailable, `"color"`, ""},
		"down":     {api.ComponentUnavailable, "engine: no engine", "systemctl start engine"},
		"good":     {api.ComponentReady, "", ""},
		"dies":     {api.ComponentReady, "", ""}, // until it is called
	} {
		got := states[name]
		if got.State != want.state || !strings.Contains(got.Reason, want.reason) || !strings.Contains(got.Hint, want.hint) {
			t.Errorf("%s is %s: %s\n  %s", name, got.State, got.Reason, got.Hint)
		}
		if first, _, _ := strings.Cut(got.Reason, "\n"); len(first) > 400 {
			t.Errorf("%s: this is no sentence: %s", name, got.Reason)
		}
		if got.State != api.ComponentReady && (got.Since.IsZero() || got.Hint == "") {
			t.Errorf("%s: since %v, hint %q", name, got.Since, got.Hint)
		}
	}
	if !strings.Contains(states["exits"].Reason, "out of paper") {
		t.Errorf("the last lines are missing: %s", states["exits"].Reason)
	}

	// What is known to be broken costs calls elsewhere nothing, named or not.
	begin = time.Now()
	l.ok(l.run("f", ""), "good")
	l.ok(l.run("f", "good"), "good")
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("two calls on a good component took %s", took)
	}

	for name, kind := range map[string]fault.Kind{
		"missing": fault.Broken, "noexec": fault.Broken, "changed": fault.Broken, "protocol": fault.Broken,
		"prints": fault.Broken, "exits": fault.Broken, "foreign": fault.Broken, "panics": fault.Broken, "down": fault.Unavailable,
	} {
		r := l.run("f", name)
		l.failed(r, kind, name+": ", "since ")
		if r.Error.Hint == "" {
			t.Errorf("%s: no hint", name)
		}
	}
	// One that dies in a call takes that call with it, and tells its last words.
	for range 2 {
		r := l.run("f", "dies")
		l.failed(r, fault.Broken, "dies: run: ", "exit status 3", "about to die")
	}
	l.ok(l.run("f", "good"), "good")
}

// A panic in Validate ends one process; its first lines say where.
func TestPanicShowsItsLastLines(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("odd", "panics")
	l.manifest("[odd]\n")
	l.open()
	l.function("f")
	r := l.run("f", "odd")
	l.failed(r, fault.Broken, "odd: ", "panic: no luck today", "plugin_test.go")
}
