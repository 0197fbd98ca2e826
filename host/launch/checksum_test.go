package launch

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestChecksumOfChangedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plugin")
	then := time.Now().Add(-time.Hour)
	var c Checksums
	var sums []string
	for _, content := range []string{"one", "two"} {
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
		// Size and time of modification alone would call it unchanged.
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
		sum, err := c.Of(path)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sum)
	}
	if sums[0] == sums[1] || len(sums[0]) != 64 {
		t.Errorf("sums %v", sums)
	}
	if len(c.known) > 0 {
		t.Error("a file that changed a moment ago is remembered")
	}
}

func TestChecksumIsRemembered(t *testing.T) {
	path, err := exec.LookPath("sh") // a file that nobody touched for a while
	if err != nil {
		t.Skip(err)
	}
	var c Checksums
	first, err := c.Of(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.known) != 1 {
		t.Skip("this system does not tell when a file changed, or it just did")
	}
	for id := range c.known {
		c.known[id] = "remembered"
	}
	if again, _ := c.Of(path); again != "remembered" {
		t.Errorf("read again: %s", again)
	}
	if other, _ := (*Checksums)(nil).Of(path); other != first {
		t.Errorf("%s without a memory, %s with one", other, first)
	}
}

func TestTranscript(t *testing.T) {
	var log strings.Builder
	tr := &transcript{log: &log}
	s := &splitter{to: tr}
	for _, piece := range []string{"on", "e\ntwo\n", "\n", strings.Repeat("x", maxLine+1), "\n", "end"} {
		if n, err := s.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Fatal(n, err)
		}
	}
	s.Close()
	want := []string{"one", "two", strings.Repeat("x", maxLine), "x", "end"}
	if got := strings.Join(tr.lines(), "|"); got != strings.Join(want, "|") {
		t.Errorf("lines %q", got)
	}
	if got := log.String(); !strings.HasPrefix(got, "one\ntwo\n\n") || !strings.HasSuffix(got, "\nx\nend\n") {
		t.Errorf("log %q", got)
	}
	for range 2 * keepLines {
		tr.add([]byte("noise"))
	}
	tr.add([]byte("panic: boom"))
	for range 2 * keepLines {
		tr.add([]byte("stack"))
	}
	if lines := tr.lines(); len(lines) != keepLines || lines[0] != "panic: boom" || tr.panicLine() != "panic: boom" {
		t.Errorf("after a panic: %q", lines)
	}
}
