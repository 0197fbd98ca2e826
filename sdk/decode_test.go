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
