package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fnhost/fn/sdk/fault"
)

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.toml")
	if got, err := Load(path); err != nil || got != Defaults() {
		t.Errorf("without a file: %+v, %v", got, err)
	}
	if err := os.WriteFile(path, []byte("default = 'docker'\n[host]\nidle_exit = '1h30m'\n[functions]\nkeep_versions = 3\nkeep_for = '0s'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := Settings{Default: "docker", Host: Host{IdleExit: 90 * time.Minute}, Functions: Functions{KeepVersions: 3}}
	if got, err := Load(path); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"default = 3":                      "config.toml:1: default must be a string",
		"default = 'No'":                   `config.toml:1: default = "No" names no component`,
		"\ndefualt = 'x'":                  `config.toml:2: unknown key "defualt"; did you mean "default"?`,
		"[host]\nidle = '1m'":              `config.toml:2: unknown key "host.idle"`,
		"[host]\nidle_exit = 'soon'":       `config.toml:2: host.idle_exit = "soon" must be a duration`,
		"[host]\nidle_exit = '0s'":         `config.toml:2: host.idle_exit = "0s" must be a duration of at least 1s`,
		"[host]\nidle_exit = 15":           "config.toml:2: host.idle_exit must be a string",
		"[functions]\nkeep_versions = 0":   "config.toml:2: functions.keep_versions = 0 must be from 1 to 10000",
		"[functions]\nkeep_versions = 2.5": "config.toml:2: functions.keep_versions must be an integer",
		"[functions]\nkeep_for = 'ever'":   `config.toml:2: functions.keep_for = "ever" must be a duration`,
		"[functions]\nkeep_for = '-1s'":    `config.toml:2: functions.keep_for = "-1s" must be a duration`,
		"[functions]\nkeep = 3":            `config.toml:2: unknown key "functions.keep"`,
		"host = 1":                         "config.toml:1: host must be a table",
		"[host]\nidle_exit = '1m'\n[host]": "config.toml:3: ",
	} {
		_, err := Parse("config.toml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: got %v, want %s…", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("default = 'x'\n[host]\nidle_exit = '1m'\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("config.toml", text)
		if err == nil && s.Host.IdleExit < minIdleExit {
			t.Errorf("%q: %+v", text, s)
		}
	})
}
