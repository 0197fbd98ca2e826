// Package settings reads config.toml, what a user has set about fn itself:
//
//	default = "local"     # the component of calls that name none
//	[host]
//	idle_exit = "15m"     # the host ends after so long without a call
//	[functions]
//	keep_versions = 20    # the newest of each function; the current one and
//	                      # those that are deployed are kept anyway,
//	keep_for = "1h"       # and so are those that are younger
//
// A file that is not there means the defaults. A mistake is an error of kind
// Invalid that names file and line.
package settings

import (
	"errors"
	"io/fs"
	"time"

	"github.com/fnhost/fn/host/manifest"
	"github.com/fnhost/fn/host/tomlfile"
)

// Settings is config.toml.
type Settings struct {
	Default string // a component; empty: the first ready one that works on this machine
	Host    Host

	Functions Functions
}

// Host is how the host behaves.
type Host struct {
	IdleExit time.Duration
}

// Functions is how much of a function's history is kept.
type Functions struct {
	KeepVersions int
	KeepFor      time.Duration
}

// What holds where the file says nothing.
const (
	DefaultIdleExit = 15 * time.Minute
	minIdleExit     = time.Second

	DefaultKeepVersions = 20
	DefaultKeepFor      = time.Hour
	mostKept            = 10_000 // versions
)

// Defaults are the settings of an empty file.
func Defaults() Settings {
	return Settings{
		Host:      Host{IdleExit: DefaultIdleExit},
		Functions: Functions{KeepVersions: DefaultKeepVersions, KeepFor: DefaultKeepFor},
	}
}

// Load reads the file at path.
func Load(path string) (Settings, error) {
	root, err := tomlfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Defaults(), nil
	}
	if err != nil {
		return Settings{}, err
	}
	return read(root)
}

// Parse reads the text of the file; path is its name in errors.
func Parse(path string, text []byte) (Settings, error) {
	root, err := tomlfile.Parse(path, text)
	if err != nil {
		return Settings{}, err
	}
	return read(root)
}

func read(root *tomlfile.Table) (Settings, error) {
	s := Defaults()
	s.Default = root.String("default")
	if root.Has("default") && !manifest.ValidName(s.Default) {
		root.Fail("default", "", "default = %q names no component", s.Default)
	}
	if host := root.Table("host"); host != nil {
		if host.Has("idle_exit") {
			s.Host.IdleExit = idleExit(host)
		}
		host.Only("idle_exit")
	}
	if functions := root.Table("functions"); functions != nil {
		readFunctions(functions, &s.Functions)
	}
	root.Only("default", "host", "functions")
	if err := root.Err(); err != nil {
		return Settings{}, err
	}
	return s, nil
}

func readFunctions(t *tomlfile.Table, f *Functions) {
	if t.Has("keep_versions") {
		if f.KeepVersions = t.Int("keep_versions"); f.KeepVersions < 1 || f.KeepVersions > mostKept {
			t.Fail("keep_versions", "", "functions.keep_versions = %d must be from 1 to %d", f.KeepVersions, mostKept)
		}
	}
	if t.Has("keep_for") {
		text := t.String("keep_for")
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			t.Fail("keep_for", "", "functions.keep_for = %q must be a duration such as \"1h\"", text)
		}
		f.KeepFor = d
	}
	t.Only("keep_versions", "keep_for")
}

func idleExit(host *tomlfile.Table) time.Duration {
	text := host.String("idle_exit")
	d, err := time.ParseDuration(text)
	if err != nil || d < minIdleExit {
		host.Fail("idle_exit", "", "host.idle_exit = %q must be a duration of at least %v, such as \"15m\"", text, minIdleExit)
	}
	return d
}
