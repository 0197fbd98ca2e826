package tomlfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/fnhost/fn/host/regular"
	"github.com/fnhost/fn/sdk/fault"
)

// MaxSize is the largest file that is read, in bytes.
const MaxSize = 1 << 20

// MaxDepth is how many tables, lists and parts of dotted keys may lie within
// each other: what the parser needs grows with the cube of it.
const MaxDepth = 32

// maxMessage bounds, in bytes, an error: it may repeat much of the file.
const maxMessage = 1000

// Table is one table of a file.
type Table struct {
	doc    *document
	path   toml.Key
	order  *order
	values map[string]toml.Primitive
}

// document is what all tables of a file share.
type document struct {
	file string
	meta toml.MetaData
	err  *fault.Error // the first mistake in the file
	line int          // where it stands
}

// Read reads and parses a file. An error to read it keeps its cause.
func Read(file string) (*Table, error) {
	data, err := regular.Read(file, MaxSize)
	if errors.Is(err, regular.ErrLarge) {
		return nil, fault.New(fault.Invalid, "%s: the file is larger than %d bytes", file, MaxSize).WithHint("edit %s", file)
	}
	if err != nil {
		kind := fault.Invalid
		if errors.Is(err, os.ErrPermission) {
			kind = fault.PermissionDenied
		}
		return nil, fault.New(kind, "cannot read the file: %w", err)
	}
	return Parse(file, data)
}

// Parse parses data; file is its name in errors.
func Parse(file string, data []byte) (*Table, error) {
	doc := &document{file: file}
	if line := tooDeep(string(data)); line > 0 {
		return nil, doc.invalid(line, "there are more than %d tables, lists and parts of a dotted key within each other", MaxDepth)
	}
	values := map[string]toml.Primitive{}
	meta, err := toml.Decode(string(data), &values)
	if err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			return nil, doc.invalid(lineAt(data, parse.Position.Start), "%s", parse.Message)
		}
		return nil, doc.invalid(1, "%v", err)
	}
	doc.meta = meta
	return &Table{doc: doc, order: orderOf(meta.Keys()), values: values}, nil
}

// tooDeep is the first line in which more than MaxDepth lie within each other; 0
// where there is none.
func tooDeep(text string) int {
	var scanner Scanner
	number := 0
	for line := range strings.Lines(text) {
		number++
		if scanner.Scan(line); scanner.Deepest() > MaxDepth {
			return number
		}
	}
	return 0
}

// lineAt is the line of an offset. Of an error at the end of a line the parser
// itself names the next one.
func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), len(data))], []byte("\n"))
}

func (d *document) invalid(line int, format string, args ...any) *fault.Error {
	text := fmt.Sprintf(format, args...)
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + " …"
	}
	line = max(line, 1)
	return fault.New(fault.Invalid, "%s:%d: %s", d.file, line, text).WithHint("edit %s, line %d", d.file, line)
}

// Keys are the table's keys in the order of the file.
func (t *Table) Keys() []string {
	var keys []string
	for _, name := range t.order.names {
		if _, ok := t.values[name]; ok {
			keys = append(keys, name)
		}
	}
	return keys
}

// Has tells whether the key is there.
func (t *Table) Has(key string) bool {
	_, ok := t.values[key]
	return ok
}

// Err is the first mistake in the file found so far, whichever table noticed
// it; nil when there is none.
func (t *Table) Err() error {
	if t.doc.err == nil {
		return nil
	}
	return t.doc.err
}

// Fail notes a mistake at a key and returns it. Without a hint, the place to
// edit is the hint.
func (t *Table) Fail(key, hint, format string, args ...any) error {
	line := t.Line(key)
	e := t.doc.invalid(line, format, args...)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	if t.doc.err == nil || line < t.doc.line {
		t.doc.err, t.doc.line = e, line
	}
	return e
}
