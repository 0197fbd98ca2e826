package manifest

import (
	"strings"

	"github.com/BurntSushi/toml"
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
	var value valueScanner
	for _, t := range strings.SplitAfter(text, "\n") {
		if t == "" {
			continue // after the last line end
		}
		l := line{text: t}
		if !value.open() {
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
			value.scan(t)
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

// valueScanner knows whether a value goes on in the next line.
type valueScanner struct {
	quote string // what ends the string that is open
	depth int    // of open brackets and braces
}

func (v *valueScanner) open() bool { return v.quote != "" || v.depth > 0 }

func (v *valueScanner) scan(text string) {
	for i := 0; i < len(text); {
		rest := text[i:]
		if v.quote != "" {
			switch {
			case rest[0] == '\\' && v.quote[0] == '"' && len(rest) > 1:
				i += 2
			case strings.HasPrefix(rest, v.quote):
				i += len(v.quote)
				for len(v.quote) == 3 && i < len(text) && text[i] == v.quote[0] {
					i++ // up to two more quotes belong to the string
				}
				v.quote = ""
			default:
				i++
			}
			continue
		}
		switch rest[0] {
		case '#':
			return
		case '"', '\'':
			v.quote = rest[:1]
			if triple := strings.Repeat(v.quote, 3); strings.HasPrefix(rest, triple) {
				v.quote = triple
			}
			i += len(v.quote)
			continue
		case '[', '{':
			v.depth++
		case ']', '}':
			v.depth--
		}
		i++
	}
}
