package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fnhost/fn/sdk/fault"
)

// reported is an error that was shown already; only its exit code counts.
type reported struct{ error }

// report shows how the command went wrong, if it did, and returns its exit
// code.
func (c *commandLine) report(err error) int {
	if err == nil {
		return 0
	}
	shown, isShown := err.(reported)
	if isShown {
		err = shown.error
	}
	e := fault.From(err)
	if !isShown {
		c.printError(e)
	}
	if s := c.signals.received(); e.Kind == fault.Canceled && s != nil {
		return exitCode(s)
	}
	return e.Kind.ExitCode()
}

// errorJSON is the shape of an error for scripts.
type errorJSON struct {
	Kind      fault.Kind           `json:"kind"`
	Message   string               `json:"message"`
	Component string               `json:"component"`
	Operation string               `json:"operation,omitempty"`
	Hint      string               `json:"hint"`
	Function  *fault.FunctionError `json:"function,omitempty"`
}

func newErrorJSON(e *fault.Error) *errorJSON {
	if e == nil {
		return nil
	}
	return &errorJSON{e.Kind, e.Message, e.Component, e.Operation, e.Hint, e.Function}
}

func (c *commandLine) printError(e *fault.Error) {
	c.progress.clear()
	if c.json {
		json.NewEncoder(c.stderr).Encode(map[string]any{"error": newErrorJSON(e)}) //nolint:errcheck // there is nowhere else to say it
		return
	}
	p := c.paint(c.stderr)
	visible := func(text string) string { return c.visible(c.stderr, text) }
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", p.bad("fn:"), visible(e.Error()))
	if f := e.Function; f != nil {
		if addsTo(e.Message, f) {
			fmt.Fprintf(&b, "  %s: %s\n", visible(f.Type), visible(f.Message))
		}
		for _, line := range f.StackTrace {
			fmt.Fprintf(&b, "    %s\n", visible(strings.ReplaceAll(strings.TrimRight(line, "\n"), "\n", "\n    ")))
		}
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "  %s %s\n", p.dim("hint:"), visible(e.Hint))
	}
	fmt.Fprint(c.stderr, b.String())
}

// addsTo tells whether type and message of f say more than message does. A type
// Runtime.* is not the function's own, so that it adds nothing to the same words.
func addsTo(message string, f *fault.FunctionError) bool {
	if f.Type == "" || strings.Contains(message, f.Type) {
		return false
	}
	return !strings.HasPrefix(f.Type, "Runtime.") || f.Message == "" || !strings.HasSuffix(message, f.Message)
}
