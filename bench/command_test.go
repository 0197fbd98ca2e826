package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func prepare(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(shortTemp(), "fnb") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestInterleaveTakesTurns(t *testing.T) {
	dir := prepare(t)
	refs, err := buildReferences(t.Context(), filepath.Join(dir, "ref"))
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	stop, err := startEcho(refs.echo, socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)

	var turns strings.Builder
	p := plan{rounds: 2, warmup: 1, row: 2, between: func(_ context.Context, c *command) error {
		turns.WriteString(c.name)
		return nil
	}}
	samples, err := interleave(t.Context(), dir, p,
		&command{name: "A", argv: []string{refs.empty}},
		&command{name: "B", argv: []string{refs.client, socket, "ping"}, want: "ping\n"})
	if err != nil {
		t.Fatal(err)
	}
	if turns.String() != "ABBAAB" {
		t.Errorf("turns %s", turns.String())
	}
	if len(samples) != 2 || len(samples[0]) != 4 || len(samples[1]) != 4 {
		t.Fatalf("samples %v, want twice 2 rounds of 2", samples)
	}
	// Counted are the rounds B A and A B, each twice in a row.
	a, b := samples[0], samples[1]
	before := time.Time{}
	for i, s := range []sample{b[0], b[1], a[0], a[1], a[2], a[3], b[2], b[3]} {
		if s.took <= 0 || s.start.Before(before) {
			t.Errorf("run %d began at %v and took %v; the one before had ended at %v", i, s.start, s.took, before)
		}
		before = s.start.Add(s.took)
	}
}

func TestCommandThatFails(t *testing.T) {
	dir := prepare(t)
	for _, test := range []struct {
		argv []string
		want string
	}{
		{[]string{os.Args[0], "-no-such-flag"}, "exit status 2"},
		{[]string{os.Args[0], "-test.run=NoTest"}, `wanted "x"`},
	} {
		c := &command{name: "C", argv: test.argv, want: "x"}
		_, err := interleave(t.Context(), dir, plan{rounds: 1}, c)
		if err == nil || !strings.HasPrefix(err.Error(), "C: ") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v, want %s", test.argv, err, test.want)
		}
	}
}

func TestTinyProgram(t *testing.T) {
	program, err := tinyProgram()
	if err != nil {
		t.Skip(err)
	}
	path := filepath.Join(prepare(t), "tiny")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path).CombinedOutput()
	if err != nil || len(out) > 0 || len(program) > 200 {
		t.Errorf("%d bytes: printed %q, %v", len(program), out, err)
	}
}

func TestPumpComparesWhatComesBack(t *testing.T) {
	cat, err := exec.LookPath("cat")
	if err != nil {
		t.Skip(err)
	}
	if took, err := pump(t.Context(), exec.Command(cat), 3<<20, func(int) {}); err != nil || took <= 0 || took > time.Minute {
		t.Errorf("cat took %v: %v", took, err)
	}
	if _, err := pump(t.Context(), exec.Command("head", "-c", "1000"), 3<<20, func(int) {}); err == nil || !strings.Contains(err.Error(), "1000 bytes came back") {
		t.Errorf("head: %v", err)
	}
	if _, err := pump(t.Context(), exec.Command("tr", `\000`, "x"), 1<<20, func(int) {}); err == nil || !strings.Contains(err.Error(), "differs") {
		t.Errorf("tr: %v", err)
	}
}
