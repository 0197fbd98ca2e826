package docker

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
)

func TestSettingsThatMeanNothingAreRefused(t *testing.T) {
	for _, cpus := range []float64{0, 0.05, 1024} {
		s := defaultSettings()
		if s.CPUs = cpus; s.check() != nil {
			t.Errorf("cpus %g: %v", cpus, s.check())
		}
	}
	for _, cpus := range []float64{-1, 0.049, 1024.5} {
		s := defaultSettings()
		s.CPUs = cpus
		fails(t, s.check(), sdk.Invalid, "it must be 0 or 0.05 to 1024")
	}
	for _, ref := range []string{"", "python", "127.0.0.1:5000/a/b:1", "0123456789ab"} {
		s := defaultSettings()
		if s.Images[languagePython] = ref; s.check() != nil {
			t.Errorf("%q: %v", ref, s.check())
		}
	}
	for _, ref := range []string{"Python", "python:", "a b", " "} {
		s := defaultSettings()
		s.Images[languagePython] = ref
		fails(t, s.check(), sdk.Invalid, `setting "images", for python: "`)
		fails(t, s.check(), sdk.Invalid, "NAME:TAG")
	}
}

// Every setting stands in the table of its page, and nothing else does.
func TestSettingsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/docker.md")
	if err != nil {
		t.Skip("the page is not part of this module: ", err)
	}
	_, table, _ := strings.Cut(string(page), "\n## Settings\n")
	table, _, _ = strings.Cut(table, "```")
	var documented, there []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(table, -1) {
		documented = append(documented, row[1])
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[settings]()) {
		if !field.Anonymous {
			there = append(there, field.Tag.Get("json"))
		}
	}
	slices.Sort(documented)
	slices.Sort(there)
	if !slices.Equal(documented, there) {
		t.Errorf("documented are %v, there are %v", documented, there)
	}
}
