package api

import "strconv"

// The two types below are written by hand: every call begins with them, and
// package json would first look at their fields by reflection, which takes a
// command that makes one call longer than all it writes.

// Append appends the call as JSON.
func (c Call) Append(b []byte) []byte {
	b = appendString(append(b, `{"build":`...), c.Build)
	for i, entry := range c.Env {
		if i == 0 {
			b = append(b, `,"env":[`...)
		} else {
			b = append(b, ',')
		}
		b = appendString(b, entry)
	}
	if len(c.Env) > 0 {
		b = append(b, ']')
	}
	if c.Dir != "" {
		b = appendString(append(b, `,"dir":`...), c.Dir)
	}
	if len(c.Request) > 0 {
		b = append(append(b, `,"request":`...), c.Request...)
	}
	return append(b, '}')
}

// Append appends the request as JSON.
func (r RunRequest) Append(b []byte) []byte {
	b = appendString(append(b, `{"name":`...), r.Name)
	if r.On != "" {
		b = appendString(append(b, `,"on":`...), r.On)
	}
	if r.TimeoutMS != 0 {
		b = strconv.AppendInt(append(b, `,"timeout_ms":`...), r.TimeoutMS, 10)
	}
	if r.Raw {
		b = append(b, `,"raw":true`...)
	}
	if r.Brief {
		b = append(b, `,"brief":true`...)
	}
	return append(b, '}')
}

// appendString appends s in quotes. What is no UTF-8 is left to the reader, who
// takes it for U+FFFD.
func appendString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	done := 0
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			b = append(append(b, s[done:i]...), '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			done = i + 1
		}
	}
	return append(append(b, s[done:]...), '"')
}
