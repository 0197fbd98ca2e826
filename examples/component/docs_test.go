package main

import (
	"bytes"
	"os"
	"testing"
)

const page = "../../docs/writing-a-component.md"

// The page shows this program and its test as they are. What it types is typed
// by a test of examples.
func TestPageIsCurrent(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	main, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	test, err := os.ReadFile("main_test.go")
	if err != nil {
		t.Fatal(err)
	}
	from := bytes.Index(test, []byte("// The machine"))
	for name, block := range map[string][]byte{"main.go": main, "main_test.go": test[from:]} {
		if !bytes.Contains(text, []byte("```go\n"+string(block)+"```\n")) {
			t.Errorf("%s does not show %s as it is", page, name)
		}
	}
}
