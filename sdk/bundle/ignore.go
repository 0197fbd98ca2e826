package bundle

import (
	"path"
	"strings"
)

// IgnoreFile is the name of the file that says what is not packed.
const IgnoreFile = ".fnignore"

// ignoredAlways is never code. IgnoreFile can take an entry back with "!".
const ignoredAlways = `
.git
.DS_Store
__pycache__
*.pyc
/.fnignore
/fn.toml
`

// Ignore decides which paths are left out, by the rules of .gitignore: "#"
// begins a comment, "!" takes back, a trailing "/" means directories only, a
// pattern with another "/" is relative to the top, one without matches at any
// depth; *, ?, [a-z], [!a] stay within one name, ** spans directories. The last
// rule that matches wins. What lies in an ignored directory stays ignored.
// Character classes such as [[:alpha:]] are not known.
type Ignore struct {
	rules []rule
}

type rule struct {
	segments []string // patterns of path.Match, or "**"
	negated  bool
	dirOnly  bool
}

// ParseIgnore reads the text of an ignore file. No text is an error: as with
// git, a pattern that makes no sense matches nothing.
func ParseIgnore(text string) *Ignore {
	ignore := &Ignore{}
	text = strings.TrimPrefix(text, "\uFEFF")
	for line := range strings.Lines(ignoredAlways + text) {
		if r, ok := parseRule(strings.TrimRight(line, "\r\n")); ok {
			ignore.rules = append(ignore.rules, r)
		}
	}
	return ignore
}

// Match tells whether the slash-separated relative path itself is left out. It
// does not look at the directories above.
func (i *Ignore) Match(name string, isDir bool) bool {
	segments := strings.Split(name, "/")
	for n := len(i.rules) - 1; n >= 0; n-- {
		r := i.rules[n]
		if (isDir || !r.dirOnly) && matchSegments(r.segments, segments) {
			return !r.negated
		}
	}
	return false
}

func parseRule(line string) (r rule, ok bool) {
	if strings.HasPrefix(line, "#") {
		return rule{}, false
	}
	line = trimSpaces(line)
	if rest, found := strings.CutPrefix(line, "!"); found {
		r.negated, line = true, rest
	}
	if rest, found := strings.CutSuffix(line, "/"); found {
		r.dirOnly, line = true, rest
	}
	if line == "" {
		return rule{}, false
	}
	anchored := strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if !anchored {
		r.segments = append(r.segments, "**")
	}
	for segment := range strings.SplitSeq(line, "/") {
		if segment != "**" {
			segment = goPattern(segment)
		} else if n := len(r.segments); n > 0 && r.segments[n-1] == "**" {
			continue // as good as one, and slower
		}
		r.segments = append(r.segments, segment)
	}
	return r, true
}

// trimSpaces removes spaces at the end, but for an escaped one.
func trimSpaces(line string) string {
	trimmed := strings.TrimRight(line, " ")
	if strings.HasSuffix(trimmed, `\`) && len(trimmed) < len(line) {
		return trimmed + " "
	}
	return trimmed
}

// goPattern writes one name's pattern as path.Match spells it: a class is
// negated by ^, and a bracket that comes first in it is escaped.
func goPattern(segment string) string {
	var b strings.Builder
	for i := 0; i < len(segment); i++ {
		c := segment[i]
		b.WriteByte(c)
		switch {
		case c == '\\' && i+1 < len(segment):
			i++
			b.WriteByte(segment[i])
		case c == '[':
			if i+1 < len(segment) && (segment[i+1] == '!' || segment[i+1] == '^') {
				i++
				b.WriteByte('^')
			}
			if i+1 < len(segment) && segment[i+1] == ']' {
				i++
				b.WriteString(`\]`)
			}
		}
	}
	return b.String()
}

// matchSegments matches a path name by name. "**" stands for any number of
// names; at the end of a pattern for at least one.
func matchSegments(pattern, name []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			if len(pattern) == 1 {
				return len(name) > 0
			}
			for i := range name {
				if matchSegments(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, err := path.Match(pattern[0], name[0]); err != nil || !ok {
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return len(name) == 0
}
