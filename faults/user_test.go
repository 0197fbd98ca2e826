//go:build linux

package faults

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// ordinary is a user without privileges: this one, or nobody.
func ordinary() int {
	const nobody = 65534
	if uid := os.Getuid(); uid != 0 {
		return uid
	}
	return nobody
}

func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	h := newHomeOf(t, ordinary())
	for example, event := range map[string]string{
		"wordcount": "@input/pride-and-prejudice.txt",
		"summarize": "@event.json",
	} {
		dir := filepath.Join(h.root, "work", example)
		must(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "examples", example))))
		h.ok("apply", dir)
		if event[0] == '@' {
			event = "@" + filepath.Join(dir, event[1:])
		}
		expected, err := os.ReadFile(filepath.Join(dir, "expected.json"))
		must(t, err)
		if got := h.ok("run", example, event); canonical(t, got) != canonical(t, string(expected)) {
			t.Errorf("%s answered %s", example, got)
		}
	}
	h.tooLarge("exec", "#!/bin/sh\nhead -c 400000000 /dev/zero | tail -c 390000000 | wc -c\n")
	h.tooLarge("python", "def handler(event, context):\n    return len(bytearray(400 << 20))\n")
	h.tooLong("exec", endless)
	h.tooLong("python", endlessPython)
}

func canonical(t testing.TB, text string) string {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Errorf("%v: %s", err, text)
	}
	same, err := json.Marshal(value)
	must(t, err)
	return string(same)
}

// tooLarge runs a function that needs more memory than it has.
func (h *home) tooLarge(runtime, source string) {
	h.Helper()
	h.have("large-"+runtime, runtime, source, `memory = "64MiB"`)
	h.fn("run", "large-"+runtime).want(7, "memory", "hint: fn update large-"+runtime+" --memory")
}

// tooLong runs a function that takes longer than it may; nothing of it stays.
func (h *home) tooLong(runtime, source string) {
	h.Helper()
	h.have("long-"+runtime, runtime, source, `timeout = "700ms"`)
	h.fn("run", "long-"+runtime).want(124, "700ms", "hint: fn update long-"+runtime+" --timeout")
	h.asleep()
}
