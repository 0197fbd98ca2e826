package tomlfile

import (
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// Only notes a key that is none of the known ones as a mistake.
func (t *Table) Only(known ...string) {
	for _, key := range t.Keys() {
		if !slices.Contains(known, key) {
			full := strings.Join(append(t.path[:len(t.path):len(t.path)], key), ".")
			t.Fail(key, "", "unknown key %q%s", full, fault.Suggest(key, known))
			return // the others stand further down
		}
	}
}
