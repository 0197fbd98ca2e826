package docker

import (
	"testing"

	"github.com/docker/docker/api/types/system"
)

func TestWhoFiltersSystemCalls(t *testing.T) {
	for _, c := range []struct {
		setting, option, arch string
		worker                bool
	}{
		{"worker", "name=seccomp,profile=default", "amd64", true},
		{"worker", "name=seccomp,profile=builtin", "arm64", true},
		{"worker", "name=seccomp,profile=/etc/docker/strict.json", "amd64", false},
		{"worker", "name=seccomp,profile=unconfined", "amd64", false},
		{"worker", "name=seccomp,profile=builtin", "riscv64", false},
		{"worker", "name=apparmor", "amd64", false},
		{"engine", "name=seccomp,profile=builtin", "amd64", false},
	} {
		s := defaultSettings()
		s.Seccomp = c.setting
		if got := s.filtersCalls(system.Info{SecurityOptions: []string{"name=cgroupns", c.option}}, c.arch); got != c.worker {
			t.Errorf("%+v: %t", c, got)
		}
	}
	s := defaultSettings()
	s.Seccomp = "none"
	if s.check() == nil {
		t.Error("a filter by nobody was taken")
	}
}
