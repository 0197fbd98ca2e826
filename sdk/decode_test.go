package sdk_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fnhost/fn/sdk"
	"github.com/fnhost/fn/sdk/fault"
)

type settings struct {
	PoolMemory string `json:"pool_memory"`
	Workers    int    `json:"workers"`
	Inner      struct {
		Region string `json:"region"`
	} `json:"inner"`
	Next *settings `json:"next"`
}

func TestDecode(t *testing.T) {
	for _, test := range []struct{ given, message, hint string }{
		{``, "", ""},
		{`{}`, "", ""},
		{`{"workers": 4, "inner": {"region": "eu"}}`, "", ""},
		{`{"pool_memry": "1"}`, `unknown setting "pool_memry"`, `"pool_memory"`},
		{`{"inner": {"regoin": "eu"}}`, `unknown setting "regoin"`, `"region"`},
		{`{"zzz": 1}`, `unknown setting "zzz"`, `[work.config]`},
		{`{"workers": "four"}`, `setting "workers" cannot be a string`, ""},
		{`{"workers": 4`, "unexpected EOF", ""},
		{`{} {}`, "more than one", ""},
	} {
		v := settings{Workers: 2}
		err := sdk.Config{Component: "work", Settings: json.RawMessage(test.given)}.Decode(&v)
		if test.message == "" {
			if err != nil || v.Workers == 0 {
				t.Errorf("%s: %v, %+v", test.given, err, v)
			}
			continue
		}
		e := fault.From(err)
		if e == nil || e.Kind != sdk.Invalid || !strings.Contains(e.Message, test.message) || !strings.Contains(e.Hint, test.hint) {
			t.Errorf("%s: got %#v", test.given, e)
		}
	}
}

// What a function says to one component is as strict, and names its own place.
func TestDecodeOptions(t *testing.T) {
	config := sdk.Config{Component: "work", Settings: json.RawMessage(`{"not": "this"}`)}
	v := settings{}
	if err := config.DecodeOptions(sdk.Function{Options: json.RawMessage(`{"workers": 3}`)}, &v); err != nil || v.Workers != 3 {
		t.Errorf("%v, %+v", err, v)
	}
	if err := config.DecodeOptions(sdk.Function{}, &v); err != nil {
		t.Errorf("of none: %v", err)
	}
	for given, want := range map[string]struct{ message, hint string }{
		`{"image": "x"}`:    {`[on.work] in fn.toml: unknown setting "image"`, `remove "image" from [on.work] in fn.toml`},
		`{"wrokers": 1}`:    {`[on.work] in fn.toml: unknown setting "wrokers"`, `did you mean "workers"?`},
		`{"workers": true}`: {`[on.work] in fn.toml: setting "workers" cannot be a bool`, ""},
	} {
		e := fault.From(config.DecodeOptions(sdk.Function{Options: json.RawMessage(given)}, &v))
		if e == nil || e.Kind != sdk.Invalid || e.Message != want.message || e.Hint != want.hint {
			t.Errorf("%s: got %#v", given, e)
		}
	}
}
