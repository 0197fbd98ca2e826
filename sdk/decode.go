package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// Decode reads the component's settings into the struct that v points to, whose
// fields carry json tags. It is strict: a key that v does not have, or a value
// of the wrong type, is an error of kind Invalid that names it. No settings
// leave v, and with it its defaults, as it is.
func (c Config) Decode(v any) error {
	table := ""
	if c.Component != "" {
		table = "[" + c.Component + ".config] in the manifest"
	}
	return decode(c.Settings, v, table)
}

// DecodeOptions reads what a function's fn.toml says to this component alone,
// in [on.NAME], as Decode reads the settings.
func (c Config) DecodeOptions(f Function, v any) error {
	table := "[on." + c.Component + "] in fn.toml"
	err := decode(f.Options, v, table)
	if err == nil {
		return nil
	}
	e := *fault.From(err)
	e.Message = table + ": " + e.Message
	return &e
}

// decode reads settings that stand in a table, for the hint.
func decode(settings json.RawMessage, v any, table string) error {
	if len(bytes.TrimSpace(settings)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(settings))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, err := d.Token(); err != io.EOF {
			return Errorf(Invalid, "the settings are more than one JSON value")
		}
		return nil
	}
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && wrongType.Field != "" {
		return Errorf(Invalid, "setting %q cannot be a %s", path(wrongType.Field, v), wrongType.Value)
	}
	// encoding/json has no error type for an unknown key.
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		key := strings.Trim(quoted, `"`)
		return unknown(key, table, fault.Nearest(key, keys(reflect.TypeOf(v), map[reflect.Type]bool{})))
	}
	return Errorf(Invalid, "settings: %w", err)
}

// path is a field of the struct that v points to as settings name it: without
// what it embeds.
func path(field string, v any) string {
	t := reflect.TypeOf(v).Elem()
	parts := slices.DeleteFunc(strings.Split(field, "."), func(part string) bool {
		embedded, ok := t.FieldByName(part)
		return ok && embedded.Anonymous
	})
	return strings.Join(parts, ".")
}

func unknown(key, table, nearest string) error {
	err := Errorf(Invalid, "unknown setting %q", key)
	if nearest != "" {
		return err.WithHint("did you mean %q?", nearest)
	}
	if table != "" {
		return err.WithHint("remove %q from %s", key, table)
	}
	return err
}

// keys are the json names of all fields below t that were not seen before.
func keys(t reflect.Type, seen map[reflect.Type]bool) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return keys(t.Elem(), seen)
	case reflect.Struct:
	default:
		return nil
	}
	if seen[t] {
		return nil
	}
	seen[t] = true
	var names []string
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "-" {
			continue
		}
		if name == "" && field.Anonymous {
			continue // what it embeds is visible itself
		}
		if name == "" {
			name = field.Name
		}
		names = append(append(names, name), keys(field.Type, seen)...)
	}
	return names
}
