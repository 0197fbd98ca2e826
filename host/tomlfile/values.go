package tomlfile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// get is the value at key, if it is there and has the type T.
func get[T any](t *Table, key, want string) (T, bool) {
	var zero T
	primitive, ok := t.values[key]
	if !ok {
		return zero, false
	}
	var value any
	if err := t.doc.meta.PrimitiveDecode(primitive, &value); err != nil {
		t.Fail(key, "", "%s: %v", t.full(key), err)
		return zero, false
	}
	typed, ok := value.(T)
	if !ok {
		t.Fail(key, "", "%s must be %s, not %s", t.full(key), want, typeName(value))
		return zero, false
	}
	return typed, true
}

// full is a key with those of the tables around it, as in env.A.
func (t *Table) full(key string) string {
	return append(slices.Clone(t.path), key).String()
}

// String is the string at key; empty when it is missing.
func (t *Table) String(key string) string {
	s, _ := get[string](t, key, "a string")
	return s
}

// Float is the number at key; 0 when it is missing.
func (t *Table) Float(key string) float64 {
	switch n, _ := get[any](t, key, "a number"); n := n.(type) {
	case nil:
		return 0
	case int64:
		return float64(n)
	case float64:
		return n
	default:
		t.Fail(key, "", "%s must be a number, not %s", t.full(key), typeName(n))
		return 0
	}
}

// Int is the whole number at key; 0 when it is missing.
func (t *Table) Int(key string) int {
	n, _ := get[int64](t, key, "an integer")
	return int(n)
}

// Strings is the list of strings at key: nil when it is missing, not nil when
// it is there and empty.
func (t *Table) Strings(key string) []string {
	list, ok := get[[]any](t, key, "a list of strings")
	if !ok {
		return nil
	}
	strings := make([]string, 0, len(list))
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			t.Fail(key, "", "%s must be a list of strings; one of them is %s", t.full(key), typeName(item))
			return nil
		}
		strings = append(strings, s)
	}
	return strings
}

// Table is the table at key; nil when it is missing.
func (t *Table) Table(key string) *Table {
	if _, ok := get[map[string]any](t, key, "a table"); !ok {
		return nil
	}
	return t.sub(key, t.values[key])
}

// Object is the table at key as a JSON object; nil when it is missing.
func (t *Table) Object(key string) json.RawMessage {
	table, ok := get[map[string]any](t, key, "a table")
	if !ok {
		return nil
	}
	if !shallow(table, MaxDepth) {
		t.Fail(key, "", "%s: there are more than %d tables and lists within each other", t.full(key), MaxDepth)
		return nil
	}
	object, err := json.Marshal(plain(table))
	if err != nil { // infinity and not-a-number
		t.Fail(key, "", "%s: %s", t.full(key), strings.TrimPrefix(err.Error(), "json: "))
		return nil
	}
	return object
}

// shallow tells whether no more than so many tables and lists lie within each
// other.
func shallow(value any, most int) bool {
	if most < 0 {
		return false
	}
	switch v := value.(type) {
	case map[string]any:
		for _, item := range v {
			if !shallow(item, most-1) {
				return false
			}
		}
	case []any:
		for _, item := range v {
			if !shallow(item, most-1) {
				return false
			}
		}
	case []map[string]any:
		for _, item := range v {
			if !shallow(item, most-1) {
				return false
			}
		}
	}
	return true
}

// plain is a value with local dates and times as they are written: they have
// no zone, and JSON would give them the one of this machine.
func plain(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = plain(item)
		}
	case []any:
		for i, item := range v {
			v[i] = plain(item)
		}
	case []map[string]any:
		for _, item := range v {
			plain(item)
		}
	case time.Time:
		switch v.Location().String() { // how the library marks them
		case "date-local":
			return v.Format(time.DateOnly)
		case "time-local":
			return v.Format("15:04:05.999999999")
		case "datetime-local":
			return v.Format("2006-01-02T15:04:05.999999999")
		}
	}
	return value
}

func typeName(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case []map[string]any:
		return "a list of tables"
	case time.Time:
		return "a date or time"
	default:
		return fmt.Sprintf("a %T", value)
	}
}
