//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fnhost/fn/worker"
	"github.com/fnhost/fn/worker/code"
)

// place puts the code where the worker has it, as a component on its machine does.
func (p *proc) place(t testing.TB, packed []byte) {
	t.Helper()
	tree, err := code.Unpack(bytes.NewReader(packed), int64(len(packed)), t.TempDir(), worker.MaxCodeBytes)
	if err != nil {
		t.Fatal(err)
	}
	to, err := os.OpenRoot(filepath.Join(p.dir, worker.CodeDir))
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	if err := tree.CopyTo(within(t), to); err != nil {
		t.Fatal(err)
	}
}

func TestPlacedCode(t *testing.T) {
	in, bootstrap := provided("echo")
	for language, c := range map[string]files{
		"exec":     sh("exec cat data/x"),
		"python":   {"handler.py": "def handler(e, c):\n    return open('data/x').read()"},
		"node":     {"index.js": "exports.handler = async () => require('fs').readFileSync('data/x', 'utf8')"},
		"provided": bootstrap,
	} {
		t.Run(language, func(t *testing.T) { placedCode(t, language, in, c) })
	}
}

func placedCode(t *testing.T, language string, in worker.Injection, c files) {
	c["data/x"] = "placed"
	packed, p, o := c.zip(t), start(t, language), &outcome{}
	p.place(t, packed)
	in.Function, in.Version = "f", "1"
	in.CodeDigest, in.Placed = digest(packed), digest(packed)
	ack, err := p.Inject(within(t), in, nil, o)
	if err != nil || ack.CodeDigest != in.CodeDigest {
		t.Fatalf("%+v, %v", ack, err)
	}
	event := `"placed"`
	if o.end, err = p.Call(within(t), worker.Call{ID: "1"}, strings.NewReader(event), o); err != nil {
		t.Fatal(err)
	}
	if language == "exec" {
		event = "placed"
	}
	o.returns(t, event)
	p.waitExit(t)
}

func TestPlacedCodeIsWhatTheInjectionNames(t *testing.T) {
	packed := sh("exit").zip(t)
	for name, test := range map[string]struct {
		placed string
		sent   []byte
		kind   worker.Kind
	}{
		"another": {digest([]byte("other")), nil, worker.Broken},
		"twice":   {digest(packed), packed, worker.Invalid},
	} {
		p := start(t, "exec")
		p.place(t, packed)
		in := worker.Injection{Function: "f", Version: "1", CodeDigest: digest(packed), Placed: test.placed}
		if _, err := p.Inject(within(t), in, bytes.NewReader(test.sent), nil); failure(t, err).Kind != test.kind {
			t.Errorf("%s: %v", name, err)
		}
		p.waitExit(t)
	}
}
