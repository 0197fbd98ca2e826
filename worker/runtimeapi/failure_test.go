package runtimeapi

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/frame"
)

func TestFailureTellsWhatTheFunctionSays(t *testing.T) {
	for _, c := range []struct{ kind, body, message, errorType, trace string }{
		{"", `{"errorMessage": "m", "errorType": "T", "stackTrace": ["a", "b"]}`, "T: m", "T", "a|b"},
		{"Header", `{"errorMessage": "m"}`, "Header: m", "Header", ""},
		{"Header", `{"errorMessage": "m", "errorType": ""}`, "m", "", ""},
		{"", `{"errorType": "T", "stackTrace": null}`, "T", "T", ""},
		{"", `{"errorMessage": {"code": 7}, "errorType": 3}`, `3: {"code":7}`, "3", ""},
		{"", `{"errorMessage": "m", "stackTrace": [{"path": "p.go", "line": 3, "label": "f"}, {"other": 1}, 7]}`, "m", "", `p.go:3 f|{"other": 1}|7`},
		{"", `{"errorMessage": "m", "stackTrace": "one text"}`, "m", "", "one text"},
		{"Header", " plain text \n", "Header: plain text", "Header", ""},
		{"", `{"message": "no error of Lambda's"}`, `{"message": "no error of Lambda's"}`, "", ""},
		{"", "", "the function failed and did not say why", "", ""},
		{"", "\xff\xfe", "\uFFFD", "", ""},
	} {
		f := failure("", c.kind, []byte(c.body))
		if f.Kind != worker.FunctionFailed || f.Message != c.message || f.Function.ErrorType != c.errorType ||
			strings.Join(f.Function.StackTrace, "|") != c.trace {
			t.Errorf("%s: %s %q, %+v", c.body, f.Kind, f.Message, *f.Function)
		}
	}
}

// Whatever a function says of its error fits into the message that ends a call.
func FuzzFailure(f *testing.F) {
	f.Add("T", []byte(`{"errorMessage": "m", "errorType": "T", "stackTrace": ["a", {"path": "p", "line": 1, "label": "l"}]}`))
	f.Add("", []byte("\xff"+strings.Repeat("é", maxText/2+1)))
	f.Add(strings.Repeat("x", 20_000), []byte(`{"errorMessage": [[]], "stackTrace": {}}`))
	f.Add("", []byte(`{"errorMessage": "m", "stackTrace": [`+strings.Repeat(`"`+strings.Repeat("\\u0001", 500)+`",`, 80)+`""]}`))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		body = body[:min(len(body), maxError)]
		got := failure("the code failed to load: ", kind, body)
		if got.Message == "" || got.Function == nil {
			t.Fatalf("%+v", got)
		}
		sent, err := json.Marshal(worker.End{Failure: got})
		if err != nil || len(sent) > frame.MaxPayload {
			t.Fatalf("%d bytes, %v", len(sent), err)
		}
		if !utf8.ValidString(got.Message) && utf8.ValidString(kind) {
			t.Fatalf("%q", got.Message)
		}
	})
}
