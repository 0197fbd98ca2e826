package record

import (
	"fmt"
	"net/url"
	"strings"
)

// Escape returns name as part of a file name. Everything but lower case letters,
// digits, - and _ is written as % and two hexadecimal digits: no name leads out
// of a directory, and none meets another where case does not count.
func Escape(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// Unescape undoes Escape. What Escape did not make it returns as it is.
func Unescape(file string) string {
	name, err := url.PathUnescape(file)
	if err != nil {
		return file
	}
	return name
}
