package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/fnhost/fn/host/api"
)

// A result keeps its digits and escapes within an object; what would not be JSON
// there comes as bytes.
func TestResultsInAnObject(t *testing.T) {
	for _, test := range []struct{ result, want string }{
		{"{ \"a\" :\n12345678901234567890 }", `{"a":12345678901234567890}`},
		{`2.50`, `2.50`},
		{`1E400`, `1E400`},
		{`-0.0`, `-0.0`},
		{`"\ud800 \u00e9 \/ <&> ` + "\u2028" + `"`, `"\ud800 \u00e9 \/ <&> ` + "\u2028" + `"`},
		{`Infinity`, ""},
		{"", ""},
		{"\"\xff\"", ""},
		{"{} {}", ""},
	} {
		var out bytes.Buffer
		if err := encodeLine(&out, newRunJSON(api.RunEnd{JSON: true}, []byte(test.result))); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Result       json.RawMessage `json:"result"`
			ResultBase64 *string         `json:"result_base64"`
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if string(got.Result) != test.want {
			t.Errorf("%q: %s, want %s", test.result, got.Result, test.want)
		}
		if test.want != "" {
			continue
		}
		if got.ResultBase64 == nil || *got.ResultBase64 != base64.StdEncoding.EncodeToString([]byte(test.result)) {
			t.Errorf("%q: %s", test.result, out.String())
		}
	}
}
