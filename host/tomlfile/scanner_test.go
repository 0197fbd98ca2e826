package tomlfile

import (
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// deep is one part of a text many times over.
func deep(part string, times int) string { return strings.Repeat(part, times) }

// What is not within each other is not counted together. Where it is, the time
// for a key grows with the cube of it.
func TestMuchOfEverything(t *testing.T) {
	const parts = MaxDepth - 2
	for name, line := range map[string]string{
		"points in strings": `t.k% = ['` + deep("a.", 99) + `', "\"` + deep(".{[", 99) + `"] # ` + deep("a.", 99),
		"strings of lines":  "t.k% = '''\n" + deep("a.[\n", 99) + "''''' # \"",
		"numbers":           "t.k% = [" + deep("1.5, ", 99) + "{a = 1.5, b = 2.5}]",
		"keys of parts":     "t.k%" + deep(".a", parts) + " = 1",
		"tables":            "[t.k%]\na = 1",
		"parts in tables":   "[t.k%" + deep(".a", parts-1) + "]\na" + deep(".a", parts) + " = 1",
		"tables in tables":  "t.k% = " + deep("{a = ", parts) + "1" + deep("}", parts),
		"lists in lists":    "t.k% = " + deep("[", parts) + deep("]", parts),
	} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			for n := 0; text.Len() < MaxSize/16; n++ {
				text.WriteString(strings.ReplaceAll(line, "%", strconv.Itoa(n)) + "\n")
			}
			root := parse(t, text.String())
			table := root.Table("t")
			for _, key := range table.Keys() {
				table.sub(key, table.values[key]).Only("a")
			}
			if err := root.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

// bounded checks that a scan of a valid text finds as many parts in a key as the
// library does, and its end.
func bounded(t *testing.T, text string, meta toml.MetaData) {
	var scanner Scanner
	for line := range strings.Lines(text) {
		scanner.Scan(line)
	}
	for _, key := range meta.Keys() {
		// A header and a key below it count each for itself; the first part is free.
		if len(key) > 2*(scanner.Deepest()+1) {
			t.Errorf("%q: %d parts, deepest is %d", text, len(key), scanner.Deepest())
		}
	}
	if scanner.Open() {
		t.Errorf("%q: it is still open", text)
	}
}
