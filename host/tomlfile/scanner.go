package tomlfile

import "strings"

// Scanner follows strings, comments and brackets through the lines of a TOML
// text, without what they mean. The zero value is at its beginning.
type Scanner struct {
	quote   string // what ends the string that is open
	outside []int  // the depth before each bracket and brace that is open
	depth   int
	deepest int
}

// Open tells whether a value goes on in the next line.
func (s *Scanner) Open() bool { return s.quote != "" || len(s.outside) > 0 }

// Deepest is how many lists, tables and parts of dotted keys lay within each
// other, at most, until here.
func (s *Scanner) Deepest() int { return s.deepest }

// Scan goes through one line.
func (s *Scanner) Scan(line string) {
	if !s.Open() {
		s.depth = 0
	}
	for i := 0; i < len(line); {
		rest := line[i:]
		switch {
		case s.quote != "":
			i += s.inString(rest)
		case rest[0] == '#':
			return
		case rest[0] == '"', rest[0] == '\'':
			s.quote = rest[:1]
			if triple := strings.Repeat(s.quote, 3); strings.HasPrefix(rest, triple) {
				s.quote = triple
			}
			i += len(s.quote)
		default:
			s.nest(rest[0])
			i++
		}
	}
}

// inString returns how many bytes of rest to pass over.
func (s *Scanner) inString(rest string) int {
	switch {
	case rest[0] == '\\' && s.quote[0] == '"' && len(rest) > 1:
		return 2
	case strings.HasPrefix(rest, s.quote):
		n := len(s.quote)
		for n >= 3 && n < len(rest) && rest[n] == s.quote[0] {
			n++ // up to two more quotes belong to the string
		}
		s.quote = ""
		return n
	default:
		return 1
	}
}

// nest counts a byte outside of strings. The point of a number counts too, until
// the number ends.
func (s *Scanner) nest(c byte) {
	last := len(s.outside) - 1
	switch c {
	case '.':
		s.depth++
	case '[', '{':
		s.outside = append(s.outside, s.depth)
		s.depth++
	case ']', '}':
		if last >= 0 {
			s.depth, s.outside = s.outside[last], s.outside[:last]
		}
	case ',':
		if last >= 0 {
			s.depth = s.outside[last] + 1
		}
	}
	s.deepest = max(s.deepest, s.depth)
}
