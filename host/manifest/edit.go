package manifest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// Add appends a component to the manifest, which is made if it is not there.
// Plugin may be empty: the default. A name that is taken is a Conflict.
func Add(path, name, plugin string) error {
	if !ValidName(name) {
		return BadName(name)
	}
	if why := badPlugin(plugin); plugin != "" && why != "" {
		return fault.New(fault.Invalid, "plugin %q: %s", plugin, why)
	}
	return replace(path, func(old []byte) ([]byte, error) {
		before, err := Parse(path, old)
		if err != nil {
			return nil, err
		}
		if c, ok := before.Lookup(name); ok {
			return nil, fault.New(fault.Conflict, "%s:%d: there is a component %s already", path, c.Line, name).
				WithHint("fn plugins remove %s", name)
		}
		text := withSection(old, name, plugin)
		after, err := Parse(path, text)
		if err != nil {
			return nil, err
		}
		want := append(before.sections(), Component{Name: name, Plugin: plugin}.Section())
		if !equal(after.sections(), want) {
			return nil, cannotEdit(path, 1)
		}
		return text, nil
	})
}

// Remove takes a component's tables out of the manifest, with the comments
// that touch them. A name that is not there is NotFound.
func Remove(path, name string) error {
	return replace(path, func(old []byte) ([]byte, error) {
		before, err := Parse(path, old)
		if err != nil {
			return nil, err
		}
		c, ok := before.Lookup(name)
		if !ok {
			return nil, fault.New(fault.NotFound, "%s: no component %s", path, name).
				WithHint("fn plugins list")
		}
		text := withoutSections(string(old), name)
		after, err := Parse(path, []byte(text))
		if err != nil || !equal(after.sections(), before.sections(name)) {
			return nil, cannotEdit(path, c.Line)
		}
		return []byte(text), nil
	})
}

// cannotEdit is for text whose meaning an edit would have changed elsewhere,
// such as a component written as dotted keys.
func cannotEdit(path string, line int) error {
	return fault.New(fault.Invalid, "%s:%d: this is written in a way that only you can edit safely", path, line).
		WithHint("edit %s, line %d", path, line)
}

// sections are the components' meanings in order, without those left out.
func (m *Manifest) sections(without ...string) [][]byte {
	var sections [][]byte
	for _, c := range m.Components {
		if len(without) == 0 || c.Name != without[0] {
			sections = append(sections, c.Section())
		}
	}
	return sections
}

func equal(a, b [][]byte) bool {
	return bytes.Equal(bytes.Join(a, []byte{0}), bytes.Join(b, []byte{0}))
}

// withSection is text with one more component at its end.
func withSection(text []byte, name, plugin string) []byte {
	newline := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		newline = "\r\n"
	}
	var b strings.Builder
	b.Write(text)
	if len(text) > 0 {
		if !bytes.HasSuffix(text, []byte("\n")) {
			b.WriteString(newline)
		}
		b.WriteString(newline)
	}
	fmt.Fprintf(&b, "[%s]%s", name, newline)
	if plugin != "" {
		fmt.Fprintf(&b, "plugin = %s%s", quote(plugin), newline)
	}
	return []byte(b.String())
}

// quote writes a TOML string: literal where it can be, for Windows' paths.
func quote(s string) string {
	if strings.Contains(s, `\`) && !strings.ContainsAny(s, "'\n") {
		return "'" + s + "'"
	}
	return strconv.Quote(s)
}
