package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"unicode/utf8"

	"github.com/fnhost/fn/host/api"
	"github.com/fnhost/fn/host/client"
	"github.com/fnhost/fn/sdk/fault"
)

type runOutput = client.Output

// plain passes everything on as it comes.
type plain struct {
	stdout, stderr io.Writer
	progress       *progress
	tty            bool // of stdout
	last           byte // of the result
}

func (c *commandLine) plainOutput() *plain {
	return &plain{stdout: c.stdout, stderr: c.stderr, progress: c.progress, tty: isTerminal(c.stdout)}
}

func (o *plain) Note(text string) { o.progress.Note(text) }

func (o *plain) Progress(p api.Progress) { o.progress.Progress(p) }

func (o *plain) Log(_ bool, p []byte) error {
	o.progress.clear()
	_, err := checked{o.stderr}.Write(p)
	return err
}

func (o *plain) Result(p []byte) error {
	o.progress.clear()
	if len(p) > 0 {
		o.last = p[len(p)-1]
	}
	_, err := o.stdout.Write(p)
	return err
}

// finish ends the result's last line, for people only.
func (o *plain) finish() {
	if o.tty && o.last != 0 && o.last != '\n' {
		io.WriteString(o.stdout, "\n") //nolint:errcheck // cosmetic
	}
}

// maxBuffered bounds a result that is printed inside a JSON object.
const maxBuffered = 64 << 20

// buffered keeps the result until the end.
type buffered struct {
	*plain
	result []byte
}

func (o *buffered) Result(p []byte) error {
	if len(o.result)+len(p) > maxBuffered {
		return fault.New(fault.ResourceExhausted, "the result is larger than %s, the limit of --json", size(maxBuffered)).
			WithHint("without --json results are streamed")
	}
	o.result = append(o.result, p...)
	return nil
}

// runJSON is the shape of a call for scripts.
type runJSON struct {
	ID           string          `json:"id"`
	Function     string          `json:"function"`
	Version      int             `json:"version"`
	Component    string          `json:"component"`
	Start        string          `json:"start"`
	Outcome      string          `json:"outcome"`
	Result       json.RawMessage `json:"result,omitempty"`
	ResultBase64 *string         `json:"result_base64,omitempty"` // where the result is not JSON
	Error        *errorJSON      `json:"error"`
	Phases       api.Phases      `json:"phases"`
}

// printRun prints one object, on one line.
func (c *commandLine) printRun(end api.RunEnd, result []byte) error {
	return encodeLine(c.stdout, newRunJSON(end, result))
}

// newRunJSON puts a result into the object as the function wrote it, but for
// space between its tokens, where that is JSON and text: numbers and escapes
// stay what they are.
func newRunJSON(end api.RunEnd, result []byte) runJSON {
	r := runJSON{
		ID: end.ID, Function: end.Function, Version: end.Version, Component: end.Component,
		Start: end.Start, Outcome: end.Outcome, Error: newErrorJSON(end.Error), Phases: end.Phases,
	}
	switch {
	case end.Error != nil && len(result) == 0:
		r.Result = json.RawMessage("null")
	case end.JSON && utf8.Valid(result) && json.Valid(result):
		r.Result = result
	default:
		text := base64.StdEncoding.EncodeToString(result)
		r.ResultBase64 = &text
	}
	return r
}

func encodeLine(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}
