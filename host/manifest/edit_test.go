package manifest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/fault"
)

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err, "")
	return string(text)
}

func TestAdd(t *testing.T) {
	for _, c := range []struct{ name, before, component, plugin, after string }{
		{"empty", "", "docker", "", "[docker]\n"},
		{"at the end", "# mine\n\n[a] # first\nenv=['X']\n", "b", "fn-plugin-a", "# mine\n\n[a] # first\nenv=['X']\n\n[b]\nplugin = \"fn-plugin-a\"\n"},
		{"no line end", "[a]", "b", "", "[a]\n\n[b]\n"},
		{"lines of Windows", "[a]\r\n", "b", `C:\x\y.exe`, "[a]\r\n\r\n[b]\r\nplugin = 'C:\\x\\y.exe'\r\n"},
		{"quotes", "", "b", `/a "b"`, "[b]\nplugin = \"/a \\\"b\\\"\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeFile(t, "plugins.toml", c.before, 0o640)
			must(t, Add(path, c.component, c.plugin), "")
			if diff := cmp.Diff(c.after, readText(t, path)); diff != "" {
				t.Error(diff)
			}
			m, err := Load(path)
			must(t, err, "")
			if added, _ := m.Lookup(c.component); added.Plugin != c.plugin {
				t.Errorf("added %+v", added)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("the mode changed: %v, %v", info, err)
			}
		})
	}
	path := writeFile(t, "plugins.toml", "\n[a]\n", 0o600)
	must(t, Add(path, "a", ""), fault.Conflict, "plugins.toml:2", "fn plugins remove a")
	must(t, Add(path, "A", ""), fault.Invalid, `"A"`)
	must(t, Add(path, "b", "a\nb"), fault.Invalid)
	if got := readText(t, path); got != "\n[a]\n" {
		t.Errorf("a refused edit left %q", got)
	}
	broken := writeFile(t, "plugins.toml", "[a\n", 0o600)
	must(t, Add(broken, "b", ""), fault.Invalid, "plugins.toml:")
	must(t, Remove(broken, "a"), fault.Invalid, "plugins.toml:")
	if got := readText(t, broken); got != "[a\n" {
		t.Errorf("a refused edit left %q", got)
	}
}

func TestRemove(t *testing.T) {
	for _, c := range []struct{ name, before, after string }{
		{"alone", "[x]\n", ""},
		{"first", "[x]\n\n[b]\n", "[b]\n"},
		{"last", "[a]\n\n[x]\nplugin = 'p'\n", "[a]\n"},
		{"middle", "[a]\n\n[x]\nplugin = 'p'\n[x.config]\nk = 1\n\n[b]\n", "[a]\n\n[b]\n"},
		{"in two places", "[x]\n[b]\n[x.config]\nk = 1\n[c]\n", "[b]\n[c]\n"},
		{"the file's comment stays", "# about\n[x]\n[b]\n", "# about\n[b]\n"},
		{"its comments go", "# about\n\n# x:\n# y\n[x] # z\nplugin = 'p' # p\n# env = []\n\n[b]\n", "# about\n\n[b]\n"},
		{"the next one's comment stays", "[x]\n# b\n[b]\n", "# b\n[b]\n"},
		{"a comment apart stays", "[a]\n\n[x]\n\n# note\n\n# b\n[b]\n", "[a]\n\n# note\n\n# b\n[b]\n"},
		{"text that looks like a table", "[a]\n[a.config]\nk = \"\"\"\n[x]\n\"\"\"\nl = [\n[1],\n]\n[x]\n[x.config]\nk = '''\n[a]'''\n", "[a]\n[a.config]\nk = \"\"\"\n[x]\n\"\"\"\nl = [\n[1],\n]\n"},
		{"quotes at the end of a string", "[a]\n[a.config]\nk = \"\"\"x\"\"\"\"\"\nl = \"\\\"[\"\n[x]\n", "[a]\n[a.config]\nk = \"\"\"x\"\"\"\"\"\nl = \"\\\"[\"\n"},
		{"brackets in a comment", "[a] # [\n[x] # ]\n[b]\n", "[a] # [\n[b]\n"},
		{"quoted name", "[a]\n[ \"x\" ]\n[\"x\".config]\nk = 1\n", "[a]\n"},
		{"list of tables", "[x]\n[[x.config.l]]\nk = 1\n[[a.config.l]]\nk = 1\n[[a.config.l]]\nk = 2\n", "[[a.config.l]]\nk = 1\n[[a.config.l]]\nk = 2\n"},
		{"lines of Windows", "[a]\r\n\r\n[x]\r\nplugin = 'p'\r\n\r\n[b]\r\n", "[a]\r\n\r\n[b]\r\n"},
		{"no line end", "[a]\n[x]", "[a]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := writeFile(t, "plugins.toml", c.before, 0o600)
			must(t, Remove(path, "x"), "")
			if diff := cmp.Diff(c.after, readText(t, path)); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, text := range map[string]string{
		"dotted keys":  "x.plugin = 'p'\n[a]\n",
		"inline table": "x = { plugin = 'p' }\n[a]\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := writeFile(t, "plugins.toml", text, 0o600)
			must(t, Remove(path, "x"), fault.Invalid, "plugins.toml:1", "edit ")
			if got := readText(t, path); got != text {
				t.Errorf("a refused edit left %q", got)
			}
		})
	}
	must(t, Remove(writeFile(t, "plugins.toml", "[a]\n", 0o600), "x"), fault.NotFound, "fn plugins list")
	must(t, Remove(filepath.Join(t.TempDir(), "plugins.toml"), "x"), fault.NotFound)
}

func TestEditsDoNotLoseEachOther(t *testing.T) {
	path := writeFile(t, "plugins.toml", "# mine\n", 0o600)
	const n = 40
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			name := fmt.Sprintf("c%d", i)
			if err := Add(path, name, ""); err != nil {
				t.Error(err)
			}
			if i%2 == 0 {
				if err := Remove(path, name); err != nil {
					t.Error(err)
				}
			}
			err := UpdateLock(LockPath(path), func(l *Lock) error { l.Set(name, Platform(), sum('a')); return nil })
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	m, err := Load(path)
	must(t, err, "")
	if len(m.Components) != n/2 || !strings.HasPrefix(readText(t, path), "# mine\n") {
		t.Errorf("%d components are left, want %d:\n%s", len(m.Components), n/2, readText(t, path))
	}
	l, err := LoadLock(LockPath(path))
	must(t, err, "")
	for i := range n {
		if name := fmt.Sprintf("c%d", i); l.Get(name, Platform()) == "" {
			t.Errorf("the sum of %s was lost", name)
		}
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*.tmp"))
	must(t, err, "")
	if len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func TestLinkedManifest(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need privileges here")
	}
	real := writeFile(t, "dotfiles.toml", "[a]\n", 0o600)
	link := filepath.Join(t.TempDir(), "plugins.toml")
	must(t, os.Symlink(real, link), "")
	must(t, Add(link, "b", ""), "")
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v, %v", info, err)
	}
	if got := readText(t, real); got != "[a]\n\n[b]\n" {
		t.Errorf("the file has %q", got)
	}
}

func TestReadOnlyManifest(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	path := writeFile(t, "plugins.toml", "[a]\n", 0o600)
	must(t, os.Chmod(filepath.Dir(path), 0o500), "")
	t.Cleanup(func() { os.Chmod(filepath.Dir(path), 0o700) })
	must(t, Add(path, "b", ""), fault.PermissionDenied, path, "FN_HOME=DIR")
}

func TestWriteDefault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plugins.toml")
	must(t, WriteDefault(path, []string{"fn-plugin-docker", "fn-plugin-aws", "fn-plugin-local", "other", "fn-plugin-No"}), "")
	m, err := Load(path)
	must(t, err, "")
	if diff := cmp.Diff([]string{"local", "aws", "docker"}, m.Names()); diff != "" {
		t.Error(diff)
	}
	before := readText(t, path)
	must(t, WriteDefault(path, nil), "")
	if readText(t, path) != before {
		t.Error("a manifest that was there was replaced")
	}
	must(t, Remove(path, "aws"), "")
	must(t, Remove(path, "docker"), "")
	must(t, Remove(path, "local"), "")
	if got := readText(t, path); got != defaultHead {
		t.Errorf("left %q", got)
	}
	empty := filepath.Join(t.TempDir(), "plugins.toml")
	must(t, WriteDefault(empty, nil), "")
	m, err = Load(empty)
	must(t, err, "")
	if len(m.Components) != 0 {
		t.Errorf("components of nothing: %v", m.Names())
	}
}

// What was added can be removed, and everything else stays as it was.
func FuzzAddRemove(f *testing.F) {
	for _, seed := range []string{"[a]\n", "# x\n", "[a]\n[a.config]\nk = \"\"\"\n[added]\n\"\"\"\n", "[a]\r\nenv=['X']\r\n\r\n# end", "a = {plugin = 'x'}\n", "[a]\n\n\n", " "} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before, err := Parse("plugins.toml", text)
		if err != nil {
			return
		}
		if _, taken := before.Lookup("added"); taken {
			return
		}
		with := withSection(text, "added", "p")
		after, err := Parse("plugins.toml", with)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, with, err)
		}
		if !bytes.HasPrefix(with, text) || !equal(after.sections("added"), before.sections()) {
			t.Fatalf("%q became %q", text, with)
		}
		without := withoutSections(string(with), "added")
		const blank = " \t\r\n" // blank lines at the end go
		if got := strings.TrimRight(without, blank); got != strings.TrimRight(string(text), blank) {
			t.Errorf("%q became %q", text, without)
		}
	})
}
