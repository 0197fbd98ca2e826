package sdk

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// Decode reads the component's settings into the struct that v points to, whose
// fields carry json tags. It is strict: a key that v does not have, or a value
// of the wrong type, is an error of kind Invalid that names it. No settings
// leave v, and with it its defaults, as it is.
func (c Config) Decode(v any) error {
	if len(bytes.TrimSpace(c.Settings)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(c.Settings))
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
		return Errorf(Invalid, "setting %q cannot be a %s", wrongType.Field, wrongType.Value)
	}
	// encoding/json has no error type for an unknown key.
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		key := strings.Trim(quoted, `"`)
		return c.unknown(key, fault.Nearest(key, keys(reflect.TypeOf(v), map[reflect.Type]bool{})))
	}
	return Errorf(Invalid, "settings: %w", err)
}

func (c Config) unknown(key, nearest string) error {
	err := Errorf(Invalid, "unknown setting %q", key)
	if nearest != "" {
		return err.WithHint("did you mean %q?", nearest)
	}
	if c.Component != "" {
		return err.WithHint("remove %q from [%s.config] in the manifest", key, c.Component)
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
		if name == "" {
			name = field.Name
		}
		names = append(append(names, name), keys(field.Type, seen)...)
	}
	return names
}
