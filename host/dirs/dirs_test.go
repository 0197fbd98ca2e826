package dirs

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/sdk/fault"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// find is Find on a system of that name for user 1000, who owns the directories
// named.
func find(goos string, getenv func(string) string, owned ...string) (Dirs, error) {
	return system{goos: goos, getenv: getenv, uid: 1000, owned: func(dir string, uid int) bool {
		for _, o := range owned {
			if o == dir && uid == 1000 {
				return true
			}
		}
		return false
	}}.find()
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		name   string
		goos   string
		getenv func(string) string
		owned  []string
		want   Dirs // Runtime without its last element, which is a digest
	}{
		{
			"linux", "linux", env("HOME", "/home/u", "XDG_RUNTIME_DIR", "/run/user/1000"), []string{"/run/user/1000"},
			Dirs{Config: "/home/u/.config/fn", Data: "/home/u/.local/share/fn", State: "/home/u/.local/state/fn", Cache: "/home/u/.cache/fn", Logs: "/home/u/.local/state/fn", Runtime: "/run/user/1000/fn"},
		},
		{
			"linux, all set", "linux", env("XDG_CONFIG_HOME", "/c", "XDG_DATA_HOME", "/d", "XDG_STATE_HOME", "/s", "XDG_CACHE_HOME", "/k", "XDG_RUNTIME_DIR", "/r"), []string{"/r"},
			Dirs{Config: "/c/fn", Data: "/d/fn", State: "/s/fn", Cache: "/k/fn", Logs: "/s/fn", Runtime: "/r/fn"},
		},
		{
			"linux, relative values do not count", "linux", env("HOME", "/home/u", "XDG_CONFIG_HOME", "c", "XDG_RUNTIME_DIR", "r"), []string{"r"},
			Dirs{Config: "/home/u/.config/fn", Data: "/home/u/.local/share/fn", State: "/home/u/.local/state/fn", Cache: "/home/u/.cache/fn", Logs: "/home/u/.local/state/fn", Runtime: "/tmp/fn-1000"},
		},
		{
			"linux, without a session", "linux", env("HOME", "/home/u"), []string{"/run/user/1000"},
			Dirs{Config: "/home/u/.config/fn", Data: "/home/u/.local/share/fn", State: "/home/u/.local/state/fn", Cache: "/home/u/.cache/fn", Logs: "/home/u/.local/state/fn", Runtime: "/run/user/1000/fn"},
		},
		{
			"linux, somebody else's session", "linux", env("HOME", "/home/u", "XDG_RUNTIME_DIR", "/run/user/0"), nil,
			Dirs{Config: "/home/u/.config/fn", Data: "/home/u/.local/share/fn", State: "/home/u/.local/state/fn", Cache: "/home/u/.cache/fn", Logs: "/home/u/.local/state/fn", Runtime: "/tmp/fn-1000"},
		},
		{
			"macOS", "darwin", env("HOME", "/Users/u", "XDG_CONFIG_HOME", "/c"), nil,
			Dirs{
				Config: "/Users/u/Library/Application Support/fn/config", Data: "/Users/u/Library/Application Support/fn/data", State: "/Users/u/Library/Application Support/fn/state",
				Cache: "/Users/u/Library/Caches/fn", Logs: "/Users/u/Library/Logs/fn", Runtime: "/tmp/fn-1000",
			},
		},
		{
			"long session directory", "linux", env("HOME", "/home/u", "XDG_RUNTIME_DIR", "/r"+strings.Repeat("/long", 12)), []string{"/r" + strings.Repeat("/long", 12)},
			Dirs{Config: "/home/u/.config/fn", Data: "/home/u/.local/share/fn", State: "/home/u/.local/state/fn", Cache: "/home/u/.cache/fn", Logs: "/home/u/.local/state/fn", Runtime: "/tmp/fn-1000"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := find(c.goos, c.getenv, c.owned...)
			if err != nil {
				t.Fatal(err)
			}
			if digest := filepath.Base(got.Runtime); len(digest) != 16 {
				t.Errorf("runtime directory %s does not end in a digest", got.Runtime)
			}
			got.Runtime = filepath.Dir(got.Runtime)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWindows(t *testing.T) {
	got, err := find("windows", env("AppData", "/roaming", "LocalAppData", "/local"))
	if err != nil {
		t.Fatal(err)
	}
	want := Dirs{Config: "/roaming/fn", Data: "/local/fn/data", State: "/local/fn/state", Cache: "/local/fn/cache", Logs: "/local/fn/state", Runtime: "/local/fn/run"}
	if diff := cmp.Diff(want, got); runtime.GOOS != "windows" && diff != "" {
		t.Error(diff)
	}
}

func TestHomeless(t *testing.T) {
	for goos, getenv := range map[string]func(string) string{
		"linux":   env("XDG_CONFIG_HOME", "/c", "HOME", "relative"),
		"darwin":  env(),
		"windows": env("AppData", "/roaming"),
	} {
		_, err := find(goos, getenv)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.From(err).Hint, "FN_HOME=DIR") {
			t.Errorf("%s: got %v", goos, err)
		}
	}
}

func TestHome(t *testing.T) {
	short, err := find("linux", env("FN_HOME", "/h"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Dirs{Config: "/h/config", Data: "/h/data", State: "/h/state", Cache: "/h/cache", Logs: "/h/state", Runtime: "/h/run", Home: "/h"}, short); diff != "" {
		t.Error(diff)
	}
	long := "/h" + strings.Repeat("/very-long", 30)
	first, err := find("linux", env("FN_HOME", long, "TMPDIR", long))
	if err != nil {
		t.Fatal(err)
	}
	second, err := find("linux", env("FN_HOME", long+"/other"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(first.Runtime, "/tmp/fn-1000/") || first.Runtime == second.Runtime {
		t.Errorf("runtime directories of long homes: %s and %s", first.Runtime, second.Runtime)
	}
	for _, d := range []Dirs{short, first} {
		if n := len(d.Runtime) + SocketRoom; n > 100 {
			t.Errorf("a socket below %s may have %d bytes", d.Runtime, n)
		}
	}
	t.Chdir(t.TempDir())
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	relative, err := find("linux", env("FN_HOME", "sub"))
	if err != nil || relative.Home != filepath.Join(wd, "sub") {
		t.Errorf("relative FN_HOME became %q: %v", relative.Home, err)
	}
}

// Two homes in one session must not find each other's host.
func TestSessionIsShared(t *testing.T) {
	a, err := find("linux", env("HOME", "/home/u", "XDG_RUNTIME_DIR", "/r"), "/r")
	if err != nil {
		t.Fatal(err)
	}
	b, err := find("linux", env("HOME", "/home/u", "XDG_RUNTIME_DIR", "/r", "XDG_DATA_HOME", "/elsewhere"), "/r")
	if err != nil {
		t.Fatal(err)
	}
	if a.Socket() == b.Socket() || a.LockFile() == b.LockFile() {
		t.Errorf("both use %s", a.Runtime)
	}
}

func TestFiles(t *testing.T) {
	d := Dirs{Config: "/c", Data: "/d", State: "/s", Cache: "/k", Logs: "/l", Runtime: "/r"}
	got := []string{
		d.Manifest(), d.Lock(), d.ConfigFile(), d.Database(), d.Bundles(), d.HostLog(), d.Components(), d.Socket(), d.LockFile(), d.ComponentState("docker"), d.Scratch(),
	}
	want := []string{
		"/c/plugins.toml", "/c/plugins.lock", "/c/config.toml", "/d/fn.db", "/d/bundles", "/l/host.log", "/k/components.json", "/r/host.sock", "/r/host.lock", "/s/components/docker", "/s/scratch",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFindTouchesNothing(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	if _, err := Find(env("FN_HOME", home)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(home); !os.IsNotExist(err) {
		t.Errorf("%s is there: %v", home, err)
	}
}
