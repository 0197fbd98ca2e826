package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible is text of others for w. On a terminal it is kept from steering it;
// elsewhere it is left as it is.
func (c *commandLine) visible(w io.Writer, text string) string {
	if !isTerminal(w) {
		return text
	}
	return escaped(text)
}

// escaped shows what would steer a terminal or reorder a line: control
// characters but tab and newline, bytes that are no UTF-8, and the marks for the
// direction of text.
func escaped(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, "\\x%02x", text[i])
		case r == '\t' || r == '\n' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}
