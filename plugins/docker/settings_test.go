package docker

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

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
