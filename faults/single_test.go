//go:build linux

package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// counted returns the same home, whose fn-host notes each start in a file.
func (h *home) counted() (other *home, starts func() int) {
	h.Helper()
	noted := filepath.Join(h.root, "starts")
	h.write(noted, "", 0o666)
	other = h.with()
	other.bin = filepath.Join(h.root, "bin")
	must(h, os.Mkdir(other.bin, 0o755))
	copies(h, other.bin, "fn")
	h.write(filepath.Join(other.bin, "fn-host"),
		fmt.Sprintf("#!/bin/sh\necho start >>%s\nexec %s/fn-host \"$@\"\n", noted, h.bin), 0o755)
	return other, func() int {
		text, err := os.ReadFile(noted)
		must(h, err)
		return strings.Count(string(text), "start")
	}
}

func TestFiftyAtOnceFromNothing(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	h.with("FN_HOST=off").have("echo", "exec", echo)
	h.empty(0)
	all, starts := h.counted()

	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			event := fmt.Sprint("event ", i)
			if end := all.fn("run", "echo", event); end.code != 0 || end.stdout != event {
				t.Errorf("%d: exit %d, %q: %s", i, end.code, end.stdout, end.stderr)
			}
		})
	}
	wait.Wait()
	if n := starts(); n != 1 {
		t.Errorf("%d hosts were started, want 1", n)
	}
	h.one(host)
	h.one(plugin)
	if n := len(get[callList](h, "calls", "--last", "100").Calls); n != 50 {
		t.Errorf("%d calls are recorded, want 50", n)
	}
}
