package tomlfile

import (
	"errors"

	"github.com/BurntSushi/toml"
)

// Line is where the value of key stands, from 1; 0 when it is not there. Of a
// string over several lines it is the last one.
func (t *Table) Line(key string) int {
	value, ok := t.values[key]
	if !ok {
		return 0
	}
	if line := t.doc.position(value); line > 0 {
		return line
	}
	// A table that exists only because of what is in it (a.b = 1) has no place
	// of its own.
	return t.sub(key, value).first()
}

// first is the first line of anything in the table.
func (t *Table) first() int {
	first := 0
	for key := range t.values {
		if line := t.Line(key); line > 0 && (first == 0 || line < first) {
			first = line
		}
	}
	return first
}

// sub is the table at key; an empty one when there is something else.
func (t *Table) sub(key string, value toml.Primitive) *Table {
	sub := &Table{doc: t.doc, order: t.order.at(key), path: append(t.path[:len(t.path):len(t.path)], key)}
	if t.doc.meta.PrimitiveDecode(value, &sub.values) != nil {
		sub.values = nil
	}
	return sub
}

// position asks the library where a value stands: it tells only with an error,
// so it gets one.
func (d *document) position(value toml.Primitive) int {
	var parse toml.ParseError
	if errors.As(d.meta.PrimitiveDecode(value, refuse{}), &parse) {
		return parse.Position.Line
	}
	return 0
}

type refuse struct{}

var errRefused = errors.New("refused")

func (refuse) UnmarshalTOML(any) error { return errRefused }
