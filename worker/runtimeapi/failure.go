package runtimeapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/fnhost/fn/worker"
)

const (
	// maxError is what is read of an error, in bytes; AWS takes no more.
	maxError = 256 << 10
	// maxText bounds, in bytes, what is told of it: the message, its type, and a
	// line of the trace. All of the trace has maxTrace. Escaped as JSON it is in
	// one frame.
	maxText  = 16 << 10
	maxTrace = 64 << 10
)

// failed reads the error that a request carries. doing begins its sentence.
func failed(doing string, r *http.Request) *worker.Failure {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxError))
	io.Copy(io.Discard, r.Body) //nolint:errcheck // so that the function can read the reply
	return failure(doing, r.Header.Get(typeHeader), body)
}

// failure is what a function says of its error: a JSON object with errorMessage,
// errorType and stackTrace, or any text.
func failure(doing, kind string, body []byte) *worker.Failure {
	var said struct {
		Message any             `json:"errorMessage"`
		Type    any             `json:"errorType"`
		Trace   json.RawMessage `json:"stackTrace"`
	}
	f := &worker.FunctionError{ErrorType: cut(kind)}
	if json.Unmarshal(body, &said) == nil && (said.Message != nil || said.Type != nil) {
		f.ErrorMessage = text(said.Message)
		if said.Type != nil {
			f.ErrorType = text(said.Type)
		}
		f.StackTrace = trace(said.Trace)
	} else {
		f.ErrorMessage = cut(strings.TrimSpace(strings.ToValidUTF8(string(body), "\uFFFD")))
	}
	message := f.ErrorMessage
	switch {
	case f.ErrorType == "" && message == "":
		message = "the function failed and did not say why"
	case message == "":
		message = f.ErrorType
	case f.ErrorType != "":
		message = f.ErrorType + ": " + message
	}
	return &worker.Failure{Kind: worker.FunctionFailed, Message: doing + message, Function: f}
}

// trace makes lines of a stack trace: a list of strings, as most libraries send
// it, or of objects with path, line and label, as the one for Go does. What is
// neither is shown as it is.
func trace(raw json.RawMessage) (lines []string) {
	var entries []json.RawMessage
	if json.Unmarshal(raw, &entries) != nil {
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			return nil
		}
		entries = []json.RawMessage{raw}
	}
	left := maxTrace
	for _, entry := range entries {
		var place struct {
			Path  string `json:"path"`
			Line  int    `json:"line"`
			Label string `json:"label"`
		}
		var line string
		switch {
		case json.Unmarshal(entry, &line) == nil:
		case json.Unmarshal(entry, &place) == nil && place.Path != "":
			line = fmt.Sprintf("%s:%d %s", place.Path, place.Line, place.Label)
		default:
			line = string(entry)
		}
		line = cut(line)
		if left -= len(line) + 1; left < 0 {
			return append(lines, "…")
		}
		lines = append(lines, line)
	}
	return lines
}

// text is a value of JSON as people read it.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return cut(v)
	default:
		encoded, _ := json.Marshal(v)
		return cut(string(encoded))
	}
}

// cut shortens a text, between two characters.
func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for end > maxText-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
