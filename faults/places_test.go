//go:build linux

package faults

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// at moves a home and its directory for temporary files elsewhere below root.
func (h *home) at(home, tmp string) *home {
	h.Helper()
	other := h.with("FN_HOME="+home, "TMPDIR="+tmp)
	other.dir = home
	for _, dir := range []string{filepath.Dir(home), tmp} {
		must(h, os.MkdirAll(dir, 0o755))
		must(h, os.Chown(dir, h.uid, -1))
	}
	h.Cleanup(func() {
		config := get[struct{ Socket string }](other, "config")
		other.ok("host", "stop", "--now")
		if run := filepath.Dir(config.Socket); !strings.HasPrefix(run, h.root) {
			left, err := filepath.Glob(filepath.Join(run, "*"))
			must(h, err)
			for _, path := range left {
				if filepath.Ext(path) != ".lock" || strings.HasPrefix(filepath.Base(path), "s-") {
					h.Errorf("%s is left", path)
				}
			}
			must(h, os.RemoveAll(run))
		}
		left, err := filepath.Glob(filepath.Join(tmp, "*"))
		must(h, err)
		if len(left) > 0 {
			h.Errorf("left in TMPDIR: %v", left)
		}
	})
	return other
}

func TestPlaces(t *testing.T) {
	for name, c := range map[string]struct{ home, tmp string }{
		"long":    {strings.Repeat("long/", 60) + "home", strings.Repeat("longer/", 40) + "tmp"},
		"edge":    {strings.Repeat("e", 45), "t"}, // where sockets just fit, or not
		"unicode": {"Ein Zuhause für 函数 'und' \"mehr\" $x;%s", "tmp mit\tRaum"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := newHome(t)
			h := base.at(filepath.Join(base.root, c.home), filepath.Join(base.root, c.tmp))
			h.have("echo", "exec", echo)
			h.have("snake", "python", `import tempfile
def handler(event, context):
    with tempfile.NamedTemporaryFile() as f:
        f.write(b"x")
        return event
`)
			h.works()
			if got := h.ok("run", "snake", `"slow"`); strings.TrimSpace(got) != `"slow"` {
				t.Errorf("python answered %q", got)
			}
			h.have("endless", "exec", endless, noTimeout)
			call := h.call("endless")
			all := others(h.processes(), command)
			h.kill(h.one(host))
			h.gone(all)
			call.wait().want(5, "host ended")
			h.works()
		})
	}
}

func TestRelativeHome(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	relative := h.with("FN_HOME=../home") // from the user's directory work
	relative.have("echo", "exec", echo)
	relative.works()
	served := h.one(host)
	h.works()
	if now := h.one(host); now != served {
		t.Errorf("the same home, named otherwise, has another host: %v, %v", served, now)
	}
}

func TestReadOnlyHome(t *testing.T) {
	t.Parallel()
	h := newHomeOf(t, ordinary())
	above := filepath.Join(h.root, "closed")
	must(t, os.Mkdir(above, 0o755))
	must(t, os.Chown(above, h.uid, -1))
	must(t, os.Chmod(above, 0o555))
	for _, dir := range []string{above, filepath.Join(above, "home")} {
		closed := h.with("FN_HOME=" + dir)
		for _, args := range [][]string{{"list"}, {"run", "echo"}, {"host", "start"}, {"list", "--no-host"}} {
			closed.fn(args...).want(6, above, "permission denied", "hint: FN_HOME=DIR")
		}
		closed.always()
	}
	// One that became so.
	h.have("echo", "exec", echo)
	h.works()
	h.ok("host", "stop")
	for _, dir := range []string{"data", "state", "cache", "run"} {
		must(t, os.Chmod(h.path(dir), 0o500))
		h.fn("run", "echo", "1").want(6, h.path(dir), "permission denied", "hint: FN_HOME=DIR")
		h.always()
		must(t, os.Chmod(h.path(dir), 0o700))
	}
	// What the user wrote may well be closed to writing.
	must(t, os.Chmod(h.path("config"), 0o500))
	h.works()
	must(t, os.Chmod(h.path("config"), 0o700))
}

func TestNoHome(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	nowhere := h.without("HOME").without("FN_HOME")
	nowhere.fn("list").want(2, "HOME is not set", "hint: FN_HOME=DIR")
	for _, args := range [][]string{{"version"}, {"--help"}, {"run", "--help"}, {"completion", "bash"}} {
		nowhere.ok(args...)
	}
	h = h.without("HOME")
	h.have("echo", "exec", echo)
	h.have("snake", "python", echoPython)
	h.works()
	h.ok("run", "snake", "1")
}

// The usual places, without FN_HOME.
func TestUsualPlaces(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	usual := h.without("FN_HOME")
	usual.have("echo", "exec", echo)
	usual.works()
	for _, path := range []string{".config/fn/plugins.toml", ".local/share/fn/fn.db", ".local/state/fn/host.log", ".cache/fn/components.json"} {
		if _, err := os.Stat(filepath.Join(h.root, "user", path)); err != nil {
			t.Error(err)
		}
	}
	run := filepath.Dir(get[struct{ Socket string }](usual, "config").Socket)
	usual.ok("host", "stop")
	usual.empty(5 * time.Second)
	if !strings.HasPrefix(run, h.root) {
		must(t, os.RemoveAll(run))
	}
}
