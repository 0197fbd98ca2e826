package manifest

import (
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/fnhost/fn/host/tomlfile"
)

// line is one line of a TOML text, with its end.
type line struct {
	text  string
	kind  lineKind
	table string // of a header: the first part of its name
}

type lineKind int

const (
	content lineKind = iota // a key, or a value that goes on
	blank
	comment
	header
)

// scan tells the lines of a valid TOML text apart. The library gives values,
// not text; an edit that keeps every other byte needs to know just this much.
func scan(text string) []line {
	var lines []line
	var value tomlfile.Scanner
	for _, t := range strings.SplitAfter(text, "\n") {
		if t == "" {
			continue // after the last line end
		}
		l := line{text: t}
		if !value.Open() {
			switch trimmed := strings.TrimSpace(t); {
			case trimmed == "":
				l.kind = blank
			case trimmed[0] == '#':
				l.kind = comment
			case trimmed[0] == '[':
				l.kind, l.table = header, tableName(trimmed)
			}
		}
		if l.kind == content {
			value.Scan(t)
		}
		lines = append(lines, l)
	}
	return lines
}

// tableName is the first part of a header's name.
func tableName(text string) string {
	var anything map[string]any
	meta, err := toml.Decode(text, &anything)
	if err != nil || len(meta.Keys()) == 0 {
		return ""
	}
	return meta.Keys()[0][0]
}
