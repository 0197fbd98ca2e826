package api_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fnhost/fn/host/api"
)

// FuzzEncode compares what is written by hand with what package json writes.
func FuzzEncode(f *testing.F) {
	f.Add("b", "A=1", "/d", "hello", "local", int64(5), true)
	f.Add("", "A=\"\\\n\x00\x1f\x7f\u2028", "", "\xff\xc3", "é", int64(-1), false)
	f.Fuzz(func(t *testing.T, build, env, dir, name, on string, timeout int64, flag bool) {
		request := api.RunRequest{Name: name, On: on, TimeoutMS: timeout, Raw: flag, Brief: !flag}
		same(t, request, request.Append(nil))
		call := api.Call{Build: build, Dir: dir}
		same(t, call, call.Append(nil))
		call.Env, call.Request = []string{env, env}, json.RawMessage("1")
		same(t, call, call.Append(nil))
	})
}

func TestEveryFieldIsEncoded(t *testing.T) {
	var call api.Call
	fill(reflect.ValueOf(&call).Elem())
	call.Request = json.RawMessage("1")
	same(t, call, call.Append(nil))
	var request api.RunRequest
	fill(reflect.ValueOf(&request).Elem())
	same(t, request, request.Append(nil))
}

// fill gives every field a value of its own.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("s")
		case reflect.Int64, reflect.Int:
			f.SetInt(1)
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Slice:
			if f.Type().Elem().Kind() == reflect.String {
				f.Set(reflect.ValueOf([]string{"a", "b"}))
			}
		}
	}
}

func same(t *testing.T, v any, encoded []byte) {
	t.Helper()
	wanted, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(wanted, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatalf("%s: %v", encoded, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
