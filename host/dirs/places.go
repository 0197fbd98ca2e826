package dirs

import (
	"path/filepath"
	"strconv"

	"github.com/fnhost/fn/sdk/fault"
)

// places finds the directories; Runtime stays empty where the system has none.
func (s system) places() (Dirs, error) {
	if home := s.getenv("FN_HOME"); home != "" {
		abs, err := filepath.Abs(home)
		if err != nil {
			return Dirs{}, fault.New(fault.Invalid, "FN_HOME=%s: %w", home, err).WithHint("FN_HOME=/absolute/DIR")
		}
		state := filepath.Join(abs, "state")
		return Dirs{
			Config:  filepath.Join(abs, "config"),
			Data:    filepath.Join(abs, "data"),
			State:   state,
			Cache:   filepath.Join(abs, "cache"),
			Logs:    state,
			Runtime: filepath.Join(abs, "run"),
			Home:    abs,
		}, nil
	}
	switch s.goos {
	case "windows":
		return s.appData()
	case "darwin":
		return s.library()
	default:
		return s.xdg()
	}
}

// xdg follows the XDG base directory specification: a relative path counts as
// not set.
func (s system) xdg() (Dirs, error) {
	home := s.getenv("HOME")
	missing := false
	place := func(variable, fallback string) string {
		if dir := s.getenv(variable); filepath.IsAbs(dir) {
			return filepath.Join(dir, "fn")
		}
		missing = missing || !filepath.IsAbs(home)
		return filepath.Join(home, fallback, "fn")
	}
	d := Dirs{
		Config: place("XDG_CONFIG_HOME", ".config"),
		Data:   place("XDG_DATA_HOME", ".local/share"),
		State:  place("XDG_STATE_HOME", ".local/state"),
		Cache:  place("XDG_CACHE_HOME", ".cache"),
	}
	if missing {
		return Dirs{}, homeless("HOME")
	}
	d.Logs = d.State
	// A session without the variable (cron, su) must find the host of the one
	// with it; a variable left over from another user (sudo -E) must not count.
	for _, dir := range []string{s.getenv("XDG_RUNTIME_DIR"), "/run/user/" + strconv.Itoa(s.uid)} {
		if filepath.IsAbs(dir) && s.owned(dir, s.uid) {
			d.Runtime = filepath.Join(dir, "fn")
			break
		}
	}
	return d, nil
}

// library follows the conventions of macOS.
func (s system) library() (Dirs, error) {
	home := s.getenv("HOME")
	if !filepath.IsAbs(home) {
		return Dirs{}, homeless("HOME")
	}
	support := filepath.Join(home, "Library", "Application Support", "fn")
	return Dirs{
		Config: filepath.Join(support, "config"),
		Data:   filepath.Join(support, "data"),
		State:  filepath.Join(support, "state"),
		Cache:  filepath.Join(home, "Library", "Caches", "fn"),
		Logs:   filepath.Join(home, "Library", "Logs", "fn"),
	}, nil
}

// appData follows the conventions of Windows.
func (s system) appData() (Dirs, error) {
	roaming, local := s.getenv("AppData"), s.getenv("LocalAppData")
	if roaming == "" {
		return Dirs{}, homeless("%AppData%")
	}
	if local == "" {
		return Dirs{}, homeless("%LocalAppData%")
	}
	base := filepath.Join(local, "fn")
	state := filepath.Join(base, "state")
	return Dirs{
		Config:  filepath.Join(roaming, "fn"),
		Data:    filepath.Join(base, "data"),
		State:   state,
		Cache:   filepath.Join(base, "cache"),
		Logs:    state,
		Runtime: filepath.Join(base, "run"),
	}, nil
}

// short is where sockets go when the proper place is too long for them. It is
// the same in every session, which TMPDIR is not.
func (s system) short() string { return "/tmp/fn-" + strconv.Itoa(s.uid) }
