//go:build unix

package host

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/manifest"
	"github.com/fnhost/fn/sdk/fault"
)

func (l *lab) add(name, plugin string) (api.PluginList, error) {
	return l.host.AddPlugin(context.Background(), l.caller(), api.PluginSpec{Name: name, Plugin: plugin}, discard{})
}

func (l *lab) lock() {
	l.Helper()
	_, err := l.host.LockPlugins(context.Background(), l.caller(), api.None{}, discard{})
	must(l, err, "")
}

// plugins is fn plugins list, by name.
func (l *lab) plugins() map[string]api.Plugin {
	l.Helper()
	list, err := l.host.ListPlugins(context.Background(), l.caller(), api.None{}, discard{})
	must(l, err, "")
	by := map[string]api.Plugin{}
	for _, p := range list.Plugins {
		by[p.Name] = p
	}
	return by
}

func (l *lab) locked() string {
	l.Helper()
	text, err := os.ReadFile(l.dirs.Lock())
	if !os.IsNotExist(err) {
		must(l, err, "")
	}
	return string(text)
}

// elsewhere makes a plugin that did not come with fn.
func (l *lab) elsewhere(name string, files ...string) *plugin {
	l.Helper()
	dir := filepath.Join(l.dir, "elsewhere")
	must(l, os.MkdirAll(dir, 0o700), "")
	return l.pluginAt(filepath.Join(dir, "fn-plugin-"+name), files...)
}

func TestAddPlugin(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.plugin("shipped")
	other := l.elsewhere("other", "wants=HOME")
	l.elsewhere("odd").write("exit 3")
	l.manifest("# mine\n")
	l.open()
	l.function("f")

	list, err := l.add("other", other.path)
	must(t, err, "")
	if len(list.Plugins) != 1 || list.Plugins[0].State != api.PluginOK || list.Plugins[0].Path != other.path {
		t.Errorf("%+v", list)
	}
	if n := other.count("validate"); n != 1 {
		t.Errorf("%d validations", n)
	}
	if state := l.components()["other"].State; state != api.ComponentReady {
		t.Errorf("it is %s", state)
	}
	l.ok(l.run("f", ""), "other")

	// A name on the caller's PATH.
	l.env[0] += string(filepath.ListSeparator) + filepath.Join(l.dir, "elsewhere")
	_, err = l.add("second", "fn-plugin-other")
	must(t, err, "")
	// One beside fn changes with it: it is not locked.
	_, err = l.add("shipped", "")
	must(t, err, "")
	if text := l.locked(); !strings.Contains(text, "[other]") || !strings.Contains(text, "[second]") || strings.Contains(text, "[shipped]") {
		t.Errorf("the lock:\n%s", text)
	}
	if state := l.plugins()["shipped"].State; state != api.PluginBundled {
		t.Errorf("shipped is %s", state)
	}
	if text, _ := os.ReadFile(l.dirs.Manifest()); !strings.HasPrefix(string(text), "# mine\n") {
		t.Errorf("the manifest:\n%s", text)
	}

	foreign := filepath.Join(l.dir, "elsewhere", "foreign")
	l.script(foreign, "exit 0\n")
	manifestBefore, lockBefore := read(t, l.dirs.Manifest()), l.locked()
	for _, c := range []struct {
		name, plugin string
		kind         fault.Kind
		says         []string
	}{
		{"other", other.path, fault.Conflict, []string{"there is a component other already", "fn plugins remove other"}},
		{"Other", other.path, fault.Invalid, []string{`"Other" cannot name a component`}},
		{"../x", "", fault.Invalid, []string{"cannot name a component"}},
		{"nobody", "", fault.Broken, []string{"fn-plugin-nobody is neither beside fn", "fn plugins add nobody --plugin PATH"}},
		{"nobody", "/nowhere/x", fault.Broken, []string{"/nowhere/x does not exist", "fn plugins add nobody --plugin PATH"}},
		{"foreign", foreign, fault.Broken, []string{"is not an fn plugin", "fn plugins add foreign --plugin PATH"}},
		{"odd", filepath.Join(l.dir, "elsewhere", "fn-plugin-odd"), fault.Broken, []string{"odd: start: ", "exit status 3"}},
	} {
		_, err := l.add(c.name, c.plugin)
		must(t, err, c.kind, c.says...)
	}
	if read(t, l.dirs.Manifest()) != manifestBefore || l.locked() != lockBefore {
		t.Error("what was refused was written")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err, "")
	return string(text)
}

func TestRemovePlugin(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	other := l.elsewhere("other", "wants=HOME")
	l.manifest("")
	l.open()
	l.function("f")
	_, err := l.add("other", other.path)
	must(t, err, "")
	l.ok(l.run("f", ""), "other")
	if n := len(l.host.processes.running()); n != 1 {
		t.Fatalf("%d processes", n)
	}
	remove := func() error {
		_, err := l.host.RemovePlugin(context.Background(), l.caller(), api.NameRef{Name: "other"}, discard{})
		return err
	}
	must(t, remove(), "")
	l.host.processes.stopping.Wait()
	if n := len(l.host.processes.running()); n != 0 {
		t.Errorf("%d processes of a component that is not there any more", n)
	}
	if text := l.locked(); strings.Contains(text, "other") {
		t.Errorf("the lock:\n%s", text)
	}
	if text := read(t, l.dirs.Components()); strings.Contains(text, "other") {
		t.Errorf("the cached state:\n%s", text)
	}
	l.failed(l.run("f", "other"), fault.NotFound, "no such component")
	must(t, remove(), fault.NotFound, "no component other", "fn plugins list")
}

// An executable that was locked and is another now is broken until it is
// accepted; the host lives through it.
func TestLockedPluginIsReplaced(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	other := l.elsewhere("other", "wants=HOME")
	l.manifest("")
	l.open()
	l.function("f")
	_, err := l.add("other", other.path)
	must(t, err, "")
	l.ok(l.run("f", ""), "other")
	wanted := l.plugins()["other"].Got

	other.write("# another build")
	p := l.plugins()["other"]
	if p.State != api.PluginChanged || p.Wanted != wanted || p.Got == wanted || p.Hint != "fn plugins lock" {
		t.Errorf("%+v", p)
	}
	starts := other.count("start")
	l.failed(l.run("f", "other"), fault.Broken, other.path+" has changed", wanted, p.Got, "fn plugins lock")
	if c := l.components()["other"]; c.State != api.ComponentBroken || !strings.Contains(c.Reason, wanted) || !strings.Contains(c.Reason, p.Got) || !strings.Contains(c.Hint, "fn plugins lock") {
		t.Errorf("%+v", c)
	}
	l.failed(l.run("f", "other"), fault.Broken, "other: run: broken since ")
	if n := other.count("start"); n != starts {
		t.Errorf("what nobody accepted was started")
	}
	l.lock()
	if p := l.plugins()["other"]; p.State != api.PluginOK {
		t.Errorf("%+v", p)
	}
	l.ok(l.run("f", ""), "other")
	if c := l.components()["other"]; c.State != api.ComponentReady {
		t.Errorf("%+v", c)
	}
}

// One beside fn is part of the same installation: replaced, it is taken as it
// is, and validated anew.
func TestBundledPluginIsReplaced(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	p := l.plugin("here", "wants=HOME")
	l.manifest("[here]\n")
	l.open()
	l.function("f")
	l.ok(l.run("f", ""), "here")
	starts, validated := p.count("configure"), p.count("validate")
	p.write("# another build")
	l.ok(l.run("f", ""), "here")
	if s, v := p.count("configure")-starts, p.count("validate")-validated; s != 1 || v != 1 {
		t.Errorf("%d starts, %d validations", s, v)
	}
	// Unless it is in the lock.
	must(t, manifest.UpdateLock(l.dirs.Lock(), func(lock *manifest.Lock) error {
		lock.Set("here", manifest.Platform(), "sha256:"+strings.Repeat("0", 64))
		return nil
	}), "")
	l.failed(l.run("f", "here"), fault.Broken, "has changed", "fn plugins lock")
}

// One that is not beside fn is not started before it is locked.
func TestUnlockedPlugin(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	other := l.elsewhere("other")
	l.manifest("[other]\nplugin = \"" + other.path + "\"\n")
	l.open()
	l.function("f")
	l.failed(l.run("f", "other"), fault.Broken, other.path+" is not in plugins.lock", "fn plugins lock")
	l.components()
	if calls := other.calls(); len(calls) != 0 {
		t.Errorf("it was started: %v", calls)
	}
	if p := l.plugins()["other"]; p.State != api.PluginUnlocked || p.Hint != "fn plugins lock" {
		t.Errorf("%+v", p)
	}
	l.lock()
	l.ok(l.run("f", "other"), "other")
}

// The lock keeps what it says of other platforms.
func TestLockKeepsOtherPlatforms(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	other := l.elsewhere("other")
	l.manifest("")
	must(t, os.WriteFile(l.dirs.Lock(), []byte("[other]\n\"plan9/mips\" = \"sha256:"+strings.Repeat("0", 64)+"\"\n"), 0o600), "")
	l.open()
	_, err := l.add("other", other.path)
	must(t, err, "")
	if text := l.locked(); !strings.Contains(text, "plan9/mips") || !strings.Contains(text, manifest.Platform()) {
		t.Errorf("the lock:\n%s", text)
	}
	must(t, os.WriteFile(l.dirs.Lock(), []byte("[other]\n\"linux/amd64\" = \"sha256:short\"\n"), 0o600), "")
	_, err = l.host.ListPlugins(context.Background(), l.caller(), api.None{}, discard{})
	must(t, err, fault.Invalid, "plugins.lock:2: ", "64 hexadecimal digits")
}
